using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests.Security;

/// <summary>
/// Settings by which clients have made Apache Kafka load classes, open files and URLs, or log in somewhere: CVE-2023-25194, CVE-2025-27817,
/// CVE-2025-27818, CVE-2025-27819. Whatever the request, nothing of the kind is taken.
/// </summary>
public sealed class HostileSettingsTests : IAsyncLifetime
{
    private const string Jndi = "com.sun.security.auth.module.JndiLoginModule required user.provider.url=\"ldap://127.0.0.1:1/x\" useFirstPass=\"true\";";
    private const string Ldap = "com.sun.security.auth.module.LdapLoginModule required userProvider=\"ldap://127.0.0.1:1/x\";";

    private const sbyte Topic = 2;
    private const sbyte Broker = 4;
    private const sbyte Group = 32;

    private TestBroker _broker = null!;
    private KafkaClient _client = null!;

    public static TheoryData<string, string> Settings => new()
    {
        { "sasl.jaas.config", Jndi },
        { "sasl.jaas.config", Ldap },
        { "listener.name.plaintext.plain.sasl.jaas.config", Jndi },
        { "listener.name.plaintext.scram-sha-256.sasl.jaas.config", Ldap },
        { "sasl.oauthbearer.token.endpoint.url", "file:///etc/passwd" },
        { "sasl.oauthbearer.jwks.endpoint.url", "file:///etc/passwd" },
        { "sasl.login.callback.handler.class", "org.example.Evil" },
        { "listener.name.plaintext.plain.sasl.server.callback.handler.class", "org.example.Evil" },
        { "ssl.keystore.location", "/etc/passwd" },
        { "ssl.truststore.location", "http://127.0.0.1:1/x" },
        { "listener.name.plaintext.ssl.keystore.location", "/etc/passwd" },
        { "ssl.engine.factory.class", "org.example.Evil" },
        { "principal.builder.class", "org.example.Evil" },
        { "authorizer.class.name", "org.example.Evil" },
        { "metric.reporters", "org.example.Evil" },
        { "client.quota.callback.class", "org.example.Evil" },
        { "alter.config.policy.class.name", "org.example.Evil" },
        { "interceptor.classes", "org.example.Evil" },
    };

    public async ValueTask InitializeAsync()
    {
        _broker = await TestBroker.StartAsync();
        _client = await _broker.ConnectAsync();
        await _client.CreateTopicAsync("t");
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task no_request_can_set_it(string name, string value)
    {
        var created = await _client.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(
            new() { Topics = [new() { Name = "new", NumPartitions = 1, ReplicationFactor = 1, Configs = [new() { Name = name, Value = value }] }] }, 7);
        Assert.Equal(ErrorCode.InvalidConfig, created.Topics[0].ErrorCode);

        foreach (var (type, resource) in new[] { (Topic, "t"), (Broker, ""), (Broker, "1"), (Group, "g") })
        {
            var altered = await _client.AskAsync<AlterConfigsRequest, AlterConfigsResponse>(
                new() { Resources = [new() { ResourceType = type, ResourceName = resource, Configs = [new() { Name = name, Value = value }] }] }, 2);
            var incremental = await _client.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
                new() { Resources = [new() { ResourceType = type, ResourceName = resource, Configs = [new() { Name = name, Value = value }] }] }, 1);
            Assert.NotEqual(ErrorCode.None, altered.Responses[0].ErrorCode);
            Assert.NotEqual(ErrorCode.None, incremental.Responses[0].ErrorCode);
        }

        Assert.Empty(Directory.GetFiles(_broker.DirectoryPath, "*configs.json"));
        Assert.False(_broker.Server.Topics.TryFind("new", out _));
        Assert.Empty(_broker.Server.Topics.All.Single().Config.Overrides);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task no_broker_starts_with_it_as_if_it_had_been_understood(string name, string value)
    {
        // A file that is no certificate is named when the listener that would show it is opened.
        var options = new BrokerOptions();
        if (Record.Exception(() => options = BrokerOptions.FromSettings([new(name, value)])) is { } refused)
        {
            Assert.Contains(name, Assert.IsType<InvalidSettingException>(refused).Message, StringComparison.Ordinal);
            return;
        }

        (options.Listeners, options.LogDirs) = (name.StartsWith("listener.name.", StringComparison.Ordinal) ? "PLAINTEXT://127.0.0.1:0" : "SSL://127.0.0.1:0", _broker.DirectoryPath + "-none");
        options.ListenerSecurityProtocolMap = "PLAINTEXT:SSL,SSL:SSL";
        await Assert.ThrowsAsync<InvalidSettingException>(() => BrokerServer.StartAsync(options));
        Assert.False(Directory.Exists(options.LogDirs));
    }
}
