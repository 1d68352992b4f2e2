using Broker.Protocol.Messages;

namespace Conformance.ByteByByte;

/// <summary>Access control entries, quotas, users, and SASL where there is none.</summary>
internal static class SecurityExchanges
{
    private const sbyte Any = 1;
    private const sbyte Topic = 2;
    private const sbyte Literal = 3;
    private const sbyte Read = 3;
    private const sbyte Allow = 3;

    public static IEnumerable<Exchange> All =>
    [
        Exchange.Of<CreateAclsRequest, CreateAclsResponse>("an entry", (_, version) => Create($"acl-{version}", "User:a")),
        Exchange.Of<CreateAclsRequest, CreateAclsResponse>("of a broken principal", (_, _) => Create("acl", "a")),
        Exchange.Of<CreateAclsRequest, CreateAclsResponse>("without a name", (_, _) => Create("", "User:a")),
        Exchange.Of<DescribeAclsRequest, DescribeAclsResponse>("an entry", (_, _) => new() { ResourceTypeFilter = Topic, ResourceNameFilter = Side.Known, PatternTypeFilter = Literal, Operation = Any, PermissionType = Any }),
        Exchange.Of<DescribeAclsRequest, DescribeAclsResponse>("none", (_, _) => new() { ResourceTypeFilter = Topic, ResourceNameFilter = "none", PatternTypeFilter = Literal, Operation = Any, PermissionType = Any }),
        Exchange.Of<DeleteAclsRequest, DeleteAclsResponse>("none", (_, _) => new() { Filters = [new() { ResourceTypeFilter = Topic, ResourceNameFilter = "none", PatternTypeFilter = Literal, Operation = Any, PermissionType = Any }] }),
        Exchange.Of<AlterClientQuotasRequest, AlterClientQuotasResponse>("a limit", (_, version) => Quota($"client-{version}", "producer_byte_rate", 1000)),
        Exchange.Of<AlterClientQuotasRequest, AlterClientQuotasResponse>("an unknown limit", (_, _) => Quota("client", "no.such", 1000)),
        Exchange.Of<DescribeClientQuotasRequest, DescribeClientQuotasResponse>("a limit", (_, _) => new() { Components = [new() { EntityType = "client-id", Match = Side.Known }] }),
        Exchange.Of<DescribeClientQuotasRequest, DescribeClientQuotasResponse>("none", (_, _) => new() { Components = [new() { EntityType = "client-id", Match = "none" }] }),
        Exchange.Of<DescribeClientQuotasRequest, DescribeClientQuotasResponse>("of an unknown kind", (_, _) => new() { Components = [new() { EntityType = "group", Match = "none" }] }),
        Exchange.Of<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse>("a user", (_, _) => new() { Users = [new() { Name = Side.Known }] }),
        Exchange.Of<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse>("an unknown user", (_, _) => new() { Users = [new() { Name = "none" }] }),
        Exchange.Of<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse>("the same user twice", (_, _) => new() { Users = [new() { Name = "none" }, new() { Name = "none" }] }),
        Exchange.Of<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse>("few iterations", (_, _) => Upsert("weak", 100)),
        Exchange.Of<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse>("a user", (_, _) => Upsert("strong", 4096)),
        Exchange.Of<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse>("away with an unknown user", (_, _) => new() { Deletions = [new() { Name = "none", Mechanism = 1 }] }),
        Exchange.Of<SaslHandshakeRequest, SaslHandshakeResponse>("where there is none", (_, _) => new() { Mechanism = "PLAIN" }),
        Exchange.Of<SaslAuthenticateRequest, SaslAuthenticateResponse>("where there is none", (_, _) => new() { AuthBytes = [1] }),
    ];

    public static CreateAclsRequest Create(string topic, string principal) => new()
    {
        Creations = [new() { ResourceType = Topic, ResourceName = topic, ResourcePatternType = Literal, Principal = principal, Host = "*", Operation = Read, PermissionType = Allow }],
    };

    public static AlterClientQuotasRequest Quota(string client, string key, double value) => new()
    {
        Entries = [new() { Entity = [new() { EntityType = "client-id", EntityName = client }], Ops = [new() { Key = key, Value = value }] }],
    };

    public static AlterUserScramCredentialsRequest Upsert(string user, int iterations) => new()
    {
        Upsertions = [new() { Name = user, Mechanism = 1, Iterations = iterations, Salt = [1, 2, 3, 4], SaltedPassword = new byte[32] }],
    };
}
