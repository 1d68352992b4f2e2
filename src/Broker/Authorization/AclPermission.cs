namespace Broker.Authorization;

/// <summary>What an entry does, with the numbers of the protocol. Any stands in filters only.</summary>
internal enum AclPermission : sbyte
{
    Unknown = 0,
    Any = 1,
    Deny = 2,
    Allow = 3,
}
