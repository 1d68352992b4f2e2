namespace Broker.Authorization;

/// <summary>What a client may do to a resource, with the numbers of the protocol. Any stands in filters only.</summary>
internal enum AclOperation : sbyte
{
    Unknown = 0,
    Any = 1,
    All = 2,
    Read = 3,
    Write = 4,
    Create = 5,
    Delete = 6,
    Alter = 7,
    Describe = 8,
    ClusterAction = 9,
    DescribeConfigs = 10,
    AlterConfigs = 11,
    IdempotentWrite = 12,
    CreateTokens = 13,
    DescribeTokens = 14,
    TwoPhaseCommit = 15,
}

internal static class AclOperations
{
    private static readonly AclOperation[] OfTopics =
    [
        AclOperation.Read, AclOperation.Write, AclOperation.Create, AclOperation.Describe, AclOperation.Delete, AclOperation.Alter,
        AclOperation.DescribeConfigs, AclOperation.AlterConfigs,
    ];

    private static readonly AclOperation[] OfGroups =
        [AclOperation.Read, AclOperation.Describe, AclOperation.Delete, AclOperation.DescribeConfigs, AclOperation.AlterConfigs];

    private static readonly AclOperation[] OfCluster =
    [
        AclOperation.Create, AclOperation.ClusterAction, AclOperation.DescribeConfigs, AclOperation.AlterConfigs,
        AclOperation.IdempotentWrite, AclOperation.Alter, AclOperation.Describe,
    ];

    /// <summary>What can be done to topics, groups and the cluster: what a client asks to be told about.</summary>
    public static IReadOnlyList<AclOperation> Of(ResourceType type) => type switch
    {
        ResourceType.Topic => OfTopics,
        ResourceType.Group => OfGroups,
        ResourceType.Cluster => OfCluster,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Operations are told of topics, groups and the cluster."),
    };

    /// <summary>Whether an entry that allows one operation also allows another. What denies implies nothing.</summary>
    public static bool Implies(this AclOperation allowed, AclOperation asked) =>
        allowed == asked || allowed == AclOperation.All || asked switch
        {
            AclOperation.Describe => allowed is AclOperation.Read or AclOperation.Write or AclOperation.Delete or AclOperation.Alter,
            AclOperation.DescribeConfigs => allowed == AclOperation.AlterConfigs,
            _ => false,
        };
}
