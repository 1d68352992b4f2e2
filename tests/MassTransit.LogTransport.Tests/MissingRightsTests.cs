using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MassTransit.LogTransport.Tests.Support;

namespace MassTransit.LogTransport.Tests;

/// <summary>What is said where the broker's access control refuses something: who needs which right on what.</summary>
public sealed class MissingRightsTests : IAsyncLifetime
{
    private const string User = "The user 'alice' (ClientSetting sasl.username)";
    private readonly LogLines _lines = new();
    private readonly TestBroker _broker = new(x =>
    {
        x.Listeners = x.Listeners.Replace("PLAINTEXT:", "SASL_PLAINTEXT:", StringComparison.Ordinal);
        x.SaslEnabledMechanisms = "PLAIN";
        x.ListenerOverrides["listener.name.sasl_plaintext.plain.sasl.jaas.config"] =
            """org.apache.kafka.common.security.plain.PlainLoginModule required user_admin="admin-secret" user_alice="alice-secret";""";
        x.AuthorizerClassName = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";
        x.SuperUsers = "User:admin";
        x.ConnectionFailedAuthenticationDelayMs = 0;
    });

    public async ValueTask InitializeAsync() => await _broker.Start();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task a_wrong_password()
    {
        await using var app = await Start("guessed");

        await Says(app, "No Kafka broker answers at " + _broker.BootstrapServers + " (Host)", "Authentication failed", "Are sasl.username, sasl.password and sasl.mechanism those of the broker? (see Host and ClientSetting)");
    }

    [Fact]
    public async Task topics_that_may_neither_be_seen_nor_created()
    {
        await using var app = await Start();

        await Says(app, $"reader: {User} may not create it, which needs the right Create, and may not see whether it is there, which needs Describe (Deploy says what is done about missing topics)");
    }

    [Fact]
    public async Task topics_that_may_not_be_seen_and_are_not_to_be_created()
    {
        await Create("things", "reader");

        await using var app = await Start(configure: cfg => cfg.Deploy(TopicDeployment.Validate));

        await Says(app, $"These topics do not exist at {_broker.BootstrapServers}, and Deploy says not to create them, or {User} has no right to see them (Describe): ");
    }

    [Fact]
    public async Task a_group_that_may_not_be_used()
    {
        await Create("things", "reader", "test-replies");
        await Allow(ResourceType.Topic, "*", AclOperation.Read);

        await using var app = await Start();

        await Says(app, $"{User} may not use the group 'reader', it needs the right Read on it: ");
    }

    [Fact]
    public async Task topics_that_may_not_be_read()
    {
        await Create("things", "reader", "test-replies");
        await Allow(ResourceType.Topic, "*", AclOperation.Describe);
        await Allow(ResourceType.Group, "*", AclOperation.Read);

        await using var app = await Start();

        await Says(app, $"{User} may not read a topic of 'reader', it needs the right Read: ");
    }

    [Fact]
    public async Task a_topic_that_may_not_be_written_to()
    {
        await Create("things", "reader", "test-replies");
        await Allow(ResourceType.Topic, "*", AclOperation.Read);
        await Allow(ResourceType.Group, "*", AclOperation.Read);
        await Allow(ResourceType.Broker, "kafka-cluster", AclOperation.IdempotentWrite);
        await using var app = await Start(waitUntilStarted: true);

        var refused = await Assert.ThrowsAsync<TransportException>(() => app.Bus.Publish(new Step("a", 1)));

        Assert.Contains($"{User} may not write to the topic 'things', it needs the right Write: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_client_that_may_write_to_nothing()
    {
        await Create("things", "reader", "test-replies");
        await Allow(ResourceType.Topic, "*", AclOperation.Read);
        await Allow(ResourceType.Group, "*", AclOperation.Read);
        await using var app = await Start(waitUntilStarted: true);

        var refused = await Assert.ThrowsAsync<TransportException>(() => app.Bus.Publish(new Step("a", 1)));

        Assert.Contains($"{User} may not write to the topic 'things', its producer needs the right IdempotentWrite on the cluster, or Write on any topic: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_topic_that_may_not_be_created_fails_a_send_at_once()
    {
        await Create("things", "reader", "test-replies");
        await Allow(ResourceType.Topic, "*", AclOperation.Read);
        await Allow(ResourceType.Group, "*", AclOperation.Read);
        await using var app = await Start(waitUntilStarted: true);

        var refused = await Assert.ThrowsAsync<TransportException>(() => app.Bus.Publish(new OtherHappened("nowhere")).Soon());

        Assert.Contains($"others: {User} may not create it, which needs the right Create, and may not see whether it is there, which needs Describe", refused.Message, StringComparison.Ordinal);
    }

    private async Task Says(BusApp app, params string[] parts)
    {
        await Eventually.True(() => app.Bus.CheckHealth().Endpoints.Values.Any(x => Array.TrueForAll(parts, part => x.Exception?.Message.Contains(part, StringComparison.Ordinal) == true)),
            $"the health says {string.Join(" … ", parts)}, not {string.Join(" or ", app.Bus.CheckHealth().Endpoints.Values.Select(x => x.Exception?.Message))}");
        await _lines.Next(parts[^1]);
    }

    private Task<BusApp> Start(string password = "alice-secret", bool waitUntilStarted = false, Action<ILogBusFactoryConfigurator>? configure = null)
    {
        return BusApp.StartAsync(x => x.UsingTestLog(_broker.BootstrapServers, "", (_, cfg) =>
        {
            configure?.Invoke(cfg);
            cfg.Topic("things", t => t.Carries<Step>());
            cfg.Topic("others", t => t.Carries<OtherHappened>());
            cfg.ReceiveEndpoint("reader", e => e.Handler<Step>(_ => Task.CompletedTask));
        }, host =>
        {
            foreach (var (name, value) in Credentials("alice", password))
                host.ClientSetting(name, value);
            host.ConnectTimeout(TimeSpan.FromSeconds(2));
            host.SendTimeout(Deadline.Limit * 10);
        }), waitUntilStarted, _lines.Register);
    }

    private async Task Create(params string[] topics)
    {
        using var admin = Admin();
        await admin.CreateTopicsAsync(topics.Select(x => new TopicSpecification { Name = x, NumPartitions = 1, ReplicationFactor = 1 }));
    }

    private async Task Allow(ResourceType type, string name, AclOperation operation)
    {
        using var admin = Admin();
        await admin.CreateAclsAsync(
        [
            new AclBinding
            {
                Pattern = new ResourcePattern { Type = type, Name = name, ResourcePatternType = ResourcePatternType.Literal },
                Entry = new AccessControlEntry { Principal = "User:alice", Host = "*", Operation = operation, PermissionType = AclPermissionType.Allow },
            },
        ]);
    }

    private IAdminClient Admin()
    {
        var config = new AdminClientConfig { BootstrapServers = _broker.BootstrapServers };
        foreach (var (name, value) in Credentials("admin", "admin-secret"))
            config.Set(name, value);

        return new AdminClientBuilder(config).Build();
    }

    private static (string Name, string Value)[] Credentials(string user, string password) =>
        [("security.protocol", "sasl_plaintext"), ("sasl.mechanism", "PLAIN"), ("sasl.username", user), ("sasl.password", password)];
}
