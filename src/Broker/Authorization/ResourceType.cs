namespace Broker.Authorization;

/// <summary>What an access control entry protects, with the numbers of the protocol. Any stands in filters only.</summary>
internal enum ResourceType : sbyte
{
    Unknown = 0,
    Any = 1,
    Topic = 2,
    Group = 3,
    Cluster = 4,
    TransactionalId = 5,
    DelegationToken = 6,
    User = 7,
}
