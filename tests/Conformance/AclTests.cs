using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Conformance.Support;

namespace Conformance;

/// <summary>Access control entries through Confluent's and Kafka's clients, and what a client meets where it has no access.</summary>
public class AclTests(TestBroker broker)
{
    private const string Nobody = "User:nobody-here";

    [Fact]
    public async Task entries_are_created_described_and_deleted()
    {
        await broker.RequireAuthorizerAsync();
        using var admin = broker.Admin();
        var prefix = TestBroker.NewName("acl");
        AclBinding[] entries =
        [
            Entry(ResourceType.Topic, prefix, ResourcePatternType.Prefixed, Nobody, AclOperation.Read),
            Entry(ResourceType.Topic, $"{prefix}-1", ResourcePatternType.Literal, Nobody, AclOperation.All, AclPermissionType.Deny),
            Entry(ResourceType.Group, $"{prefix}-1", ResourcePatternType.Literal, Nobody, AclOperation.Delete),
        ];

        await admin.CreateAclsAsync(entries);
        await admin.CreateAclsAsync(entries[..1]);

        // Apache Kafka answers a moment before a change counts.
        var all = Filter(ResourceType.Any, $"{prefix}-1", ResourcePatternType.Match);
        await Polling.HoldsAsync(async () => (await admin.DescribeAclsAsync(all)).AclBindings.Count == entries.Length, "all entries count", atOnce: broker.IsOurs);
        var ofTopic = await admin.DescribeAclsAsync(Filter(ResourceType.Topic, $"{prefix}-1", ResourcePatternType.Match));
        var literal = await admin.DescribeAclsAsync(Filter(ResourceType.Any, $"{prefix}-1", ResourcePatternType.Literal));
        var deleted = await admin.DeleteAclsAsync([Filter(ResourceType.Topic, $"{prefix}-1", ResourcePatternType.Match), Filter(ResourceType.Group, $"{prefix}-1", ResourcePatternType.Any)]);

        Assert.Equal(entries[..2].Select(Text).Order(), ofTopic.AclBindings.Select(Text).Order());
        Assert.Equal(entries[1..].Select(Text).Order(), literal.AclBindings.Select(Text).Order());
        Assert.Equal(entries[..2].Select(Text).Order(), deleted[0].AclBindings.Select(Text).Order());
        Assert.Equal(Text(entries[2]), Text(Assert.Single(deleted[1].AclBindings)));
        await Polling.HoldsAsync(async () => (await admin.DescribeAclsAsync(all)).AclBindings.Count == 0, "none is left", atOnce: broker.IsOurs);
    }

    [Fact]
    public async Task a_client_without_access_cannot_produce()
    {
        var topic = await NewClosedAsync(Closed.Topic, await broker.NewTopicAsync());
        using var producer = broker.Producer();

        var refused = await Assert.ThrowsAsync<ProduceException<string?, string?>>(
            () => producer.ProduceAsync(topic, new Message<string?, string?> { Value = "x" }));

        Assert.Equal(ErrorCode.TopicAuthorizationFailed, refused.Error.Code);
    }

    [Fact]
    public async Task a_client_without_access_cannot_read_a_topic()
    {
        var topic = await NewClosedAsync(Closed.Topic, await broker.NewTopicAsync());
        using var consumer = broker.Consumer(TestBroker.NewName("group"));
        consumer.Subscribe(topic);

        Assert.Equal(ErrorCode.TopicAuthorizationFailed, FirstError(consumer));
    }

    [Fact]
    public async Task a_client_without_access_cannot_join_a_group()
    {
        var topic = await broker.NewTopicAsync();
        using var consumer = broker.Consumer(await NewClosedAsync(Closed.Group, TestBroker.NewName("group")));
        consumer.Subscribe(topic);

        Assert.Equal(ErrorCode.GroupAuthorizationFailed, FirstError(consumer));
    }

    [Fact]
    public async Task a_topic_without_access_is_not_listed_and_may_or_may_not_exist()
    {
        var topic = await NewClosedAsync(Closed.Topic, await broker.NewTopicAsync());
        var missing = await NewClosedAsync(Closed.Topic, TestBroker.NewName("topic"));
        using var admin = broker.Admin();

        Assert.DoesNotContain(admin.GetMetadata(TimeSpan.FromSeconds(30)).Topics, t => t.Topic == topic);
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, admin.GetMetadata(topic, TimeSpan.FromSeconds(30)).Topics[0].Error.Code);
        Assert.Equal(ErrorCode.TopicAuthorizationFailed, admin.GetMetadata(missing, TimeSpan.FromSeconds(30)).Topics[0].Error.Code);
    }

    [Fact]
    public async Task a_changed_entry_counts_at_once()
    {
        var topic = await NewClosedAsync(Closed.Topic, await broker.NewTopicAsync());
        using var admin = broker.Admin();

        await admin.CreateAclsAsync([Entry(ResourceType.Topic, topic, ResourcePatternType.Literal, "User:*", AclOperation.Write)]);
        Polling.Until(() => admin.GetMetadata(topic, TimeSpan.FromSeconds(30)).Topics[0].Error.Code == ErrorCode.NoError, "access to the topic");
        using var producer = broker.Producer();
        await producer.ProduceAsync(topic, new Message<string?, string?> { Value = "x" });

        // Listed to everybody, but its settings told to nobody: kafka-topics --describe would end with an error for whoever asks about all topics.
        await admin.DeleteAclsAsync([Filter(ResourceType.Topic, topic, ResourcePatternType.Literal)]);
    }

    [Fact]
    public async Task kafka_acls_adds_lists_and_removes()
    {
        Tool.OnlyWhenLong();
        await broker.RequireAuthorizerAsync();
        var topic = TestBroker.NewName("topic");

        await AclsAsync("--add", "--allow-principal", "User:alice", "--operation", "Read", "--operation", "Describe", "--topic", topic, "--group", topic);
        await AclsAsync("--add", "--deny-principal", "User:*", "--deny-host", "10.0.0.9", "--operation", "All", "--topic", topic, "--resource-pattern-type", "prefixed");
        var listed = await AclsAsync("--list", "--topic", topic, "--resource-pattern-type", "match");
        await AclsAsync("--remove", "--topic", topic, "--resource-pattern-type", "match", "--force");
        var left = await AclsAsync("--list", "--principal", "User:alice", "--topic", topic, "--group", topic, "--resource-pattern-type", "any");

        Assert.Contains("(principal=User:alice, host=*, operation=READ, permissionType=ALLOW)", listed);
        Assert.Contains("(principal=User:*, host=10.0.0.9, operation=ALL, permissionType=DENY)", listed);
        Assert.Contains($"resourceType=GROUP, name={topic}", left);
        Assert.DoesNotContain($"resourceType=TOPIC, name={topic}", left);
    }

    private Task<string> AclsAsync(params string[] arguments) =>
        Tool.KafkaAsync(null, "kafka-acls.sh", ["--bootstrap-server", broker.BootstrapServers, .. arguments]);

    /// <summary>Closes a topic or group to everybody, by an entry for somebody who does not come.</summary>
    private async Task<string> NewClosedAsync(Closed type, string name)
    {
        await broker.CloseAsync(type, name);
        return name;
    }

    private static ErrorCode FirstError(IConsumer<string?, string?> consumer)
    {
        try
        {
            consumer.Consume(TimeSpan.FromSeconds(60));
            return ErrorCode.NoError;
        }
        catch (ConsumeException e)
        {
            return e.Error.Code;
        }
    }

    private static AclBinding Entry(
        ResourceType type, string name, ResourcePatternType pattern, string principal, AclOperation operation, AclPermissionType permission = AclPermissionType.Allow) => new()
        {
            Pattern = new ResourcePattern { Type = type, Name = name, ResourcePatternType = pattern },
            Entry = new AccessControlEntry { Principal = principal, Host = "*", Operation = operation, PermissionType = permission },
        };

    private static AclBindingFilter Filter(ResourceType type, string name, ResourcePatternType pattern) => new()
    {
        PatternFilter = new ResourcePatternFilter { Type = type, Name = name, ResourcePatternType = pattern },
        EntryFilter = new AccessControlEntryFilter { Operation = AclOperation.Any, PermissionType = AclPermissionType.Any },
    };

    private static string Text(AclBinding entry) =>
        $"{entry.Pattern.Type} {entry.Pattern.ResourcePatternType} {entry.Pattern.Name} {entry.Entry.Principal} {entry.Entry.Host} {entry.Entry.Operation} {entry.Entry.PermissionType}";
}
