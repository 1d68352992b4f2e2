namespace MassTransit;

/// <summary>Creates buses over a partitioned log.</summary>
public static class LogBusConfigurationExtensions
{
    /// <summary>Uses a partitioned log that speaks the Kafka protocol as the transport of this bus.</summary>
    /// <param name="configurator">The registration, from <c>AddMassTransit</c>.</param>
    /// <param name="configure">Configures hosts, topics and endpoints. Runs when the bus is resolved; nothing is connected before the bus starts.</param>
    public static void UsingLog(this IBusRegistrationConfigurator configurator,
        Action<IBusRegistrationContext, ILogBusFactoryConfigurator>? configure = null)
    {
        throw new NotSupportedException("The behaviour of the transport lands in the next change.");
    }
}
