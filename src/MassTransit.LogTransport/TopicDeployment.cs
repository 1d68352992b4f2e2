namespace MassTransit;

/// <summary>What the bus does about topics it needs before it uses them.</summary>
public enum TopicDeployment
{
    /// <summary>Create the missing ones with the configured partitions and settings. The default. An existing topic is left as it is.</summary>
    Create,

    /// <summary>Create nothing; an endpoint whose topics are missing is unhealthy, names them, and tries again.</summary>
    Validate,

    /// <summary>Neither create nor look; what the broker does with an unknown topic happens.</summary>
    None,
}
