using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;
using Broker.Topics;

namespace Broker.Tests.Security;

/// <summary>Names that clients choose and that the broker writes into its files: none leads out of the data directory, ends a file early or becomes another name.</summary>
public sealed class HostileNamesTests : IAsyncLifetime
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;
    private const sbyte Group = 32;
    private const sbyte AclOfGroup = 3;

    private TestBroker _broker = null!;
    private KafkaClient _client = null!;

    public static TheoryData<string> Names =>
        ["../../../etc/passwd", "..", "/etc/cron.d/x", "a\0b", "\"}],\"Seed\":\"AAAA\"", "x\r\ny: z", "\u202Egnp.exe", "${env:HOME}", "%s%n", "a/../b", new string('n', 30_000)];

    public async ValueTask InitializeAsync()
    {
        _broker = await TestBroker.StartAsync(o => (o.AuthorizerClassName, o.AllowEveryoneIfNoAclFound, o.SuperUsers) =
            ("org.apache.kafka.metadata.authorizer.StandardAuthorizer", true, "User:ANONYMOUS"));
        _client = await _broker.ConnectAsync();
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task no_topic_has_it(string name)
    {
        var created = await _client.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(
            new() { Topics = [new() { Name = name, NumPartitions = 1, ReplicationFactor = 1 }] }, 7);
        await _client.AskAsync<MetadataRequest, MetadataResponse>(new() { Topics = [new() { Name = name }], AllowAutoTopicCreation = true }, 9);

        Assert.Equal(ErrorCode.InvalidTopicException, created.Topics[0].ErrorCode);
        Assert.Empty(_broker.Server.Topics.All);
        Assert.Empty(Directory.GetDirectories(_broker.DirectoryPath));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task whatever_else_has_it_has_exactly_it_after_a_restart_too(string name)
    {
        await _client.AskAsync<CreateAclsRequest, CreateAclsResponse>(
            new() { Creations = [new() { ResourceType = AclOfGroup, ResourceName = name, ResourcePatternType = 3, Principal = $"User:{name}", Host = "*", Operation = 3, PermissionType = 3 }] }, 3);
        await _client.AskAsync<AlterClientQuotasRequest, AlterClientQuotasResponse>(
            new() { Entries = [new() { Entity = [new() { EntityType = "client-id", EntityName = name }], Ops = [new() { Key = "producer_byte_rate", Value = 1e6 }] }] }, 1);
        await _client.AskAsync<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse>(
            new() { Upsertions = [new() { Name = name, Mechanism = 1, Iterations = 4096, Salt = new byte[16], SaltedPassword = new byte[32] }] }, 0);
        await _client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            new() { Resources = [new() { ResourceType = Group, ResourceName = name, Configs = [new() { Name = "consumer.session.timeout.ms", Value = "50000" }] }] }, 1);
        var before = await StoredAsync();

        await _broker.RestartAsync();
        _client = await _broker.ConnectAsync();

        Assert.Equal(before, await StoredAsync());
        Assert.All(before, stored => Assert.Equal(name, stored));
        Assert.NotEmpty(before);
        Assert.Empty(Directory.GetFiles(_broker.DirectoryPath, "*.json").Select(Path.GetFileName).Except(StateFiles.All.Select(f => f.Name)));
        Assert.All(Directory.GetDirectories(_broker.DirectoryPath), d => Assert.StartsWith("__", Path.GetFileName(d), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("log.dirs", "/etc")]
    [InlineData("log.dirs", "../elsewhere")]
    [InlineData("log.dir", "../elsewhere")]
    [InlineData("http.listen", "0.0.0.0:80")]
    [InlineData("listeners", "PLAINTEXT://0.0.0.0:9092")]
    [InlineData("super.users", "User:eve")]
    [InlineData("authorizer.class.name", "")]
    [InlineData("allow.everyone.if.no.acl.found", "true")]
    [InlineData("add-scram", "SCRAM-SHA-256=[name=eve,password=x]")]
    [InlineData("leader.replication.throttled.replicas", "../../x")]
    public async Task no_request_moves_the_data_or_opens_the_broker(string name, string value)
    {
        foreach (var (type, resource) in new[] { (Broker, ""), (Broker, "1"), (Topic, "t"), (Group, "g") })
        {
            var answer = await _client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
                new() { Resources = [new() { ResourceType = type, ResourceName = resource, Configs = [new() { Name = name, Value = value }] }] }, 1);
            Assert.NotEqual(ErrorCode.None, answer.Responses[0].ErrorCode);
        }

        Assert.Empty(Directory.GetFiles(_broker.DirectoryPath, "*configs.json"));
    }

    /// <summary>The name as each store that took it tells it.</summary>
    private async Task<List<string>> StoredAsync()
    {
        var acls = await _client.AskAsync<DescribeAclsRequest, DescribeAclsResponse>(
            new() { ResourceTypeFilter = 1, PatternTypeFilter = 1, Operation = 1, PermissionType = 1 }, 3);
        var quotas = await _client.AskAsync<DescribeClientQuotasRequest, DescribeClientQuotasResponse>(new() { Components = [] }, 1);
        var users = await _client.AskAsync<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse>(new(), 0);
        return
        [
            .. acls.Resources.Select(r => r.ResourceName), .. acls.Resources.SelectMany(r => r.Acls).Select(a => a.Principal["User:".Length..]),
            .. (quotas.Entries ?? []).SelectMany(e => e.Entity).Select(e => e.EntityName!),
            .. users.Results.Select(u => u.User),
        ];
    }
}
