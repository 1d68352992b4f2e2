using System.Net;
using Broker.Authorization;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Storage;
using Broker.Tests.Support;

namespace Broker.Tests.Authorization;

public sealed class AuthorizerTests : IDisposable
{
    private static readonly Authorizer.Client Alice = new(KafkaPrincipal.User("alice"), IPAddress.Parse("10.0.0.1"));

    private readonly string _path = Directory.CreateTempSubdirectory("broker-tests-").FullName;
    private readonly BrokerMetrics _metrics = new(TimeProvider.System);
    private readonly RecordedLog _log = new();
    private DataDirectory? _directory;

    [Fact]
    public void without_an_authorizer_everything_is_allowed()
    {
        var authorizer = new Authorizer(null, new BrokerOptions(), _metrics, _log);

        Assert.True(MayRead(authorizer, "orders"));
        Assert.True(authorizer.AllowsSome(Alice, AclOperation.Write, ResourceType.Topic));
    }

    [Fact]
    public void what_nobody_is_allowed_is_denied()
    {
        Assert.False(MayRead(Open(), "orders"));
        Assert.False(Open().AllowsSome(Alice, AclOperation.Write, ResourceType.Topic));
    }

    [Fact]
    public void a_resource_without_entries_may_be_open_to_everybody_but_not_one_that_has_some()
    {
        var authorizer = Open(o => o.AllowEveryoneIfNoAclFound = true);
        authorizer.Store!.Add([Entry("payments", "User:bob")]);

        Assert.True(MayRead(authorizer, "orders"));
        Assert.False(MayRead(authorizer, "payments"));
        Assert.True(authorizer.AllowsSome(Alice, AclOperation.Write, ResourceType.Topic));
    }

    [Fact]
    public void super_users_may_do_what_is_denied_to_all()
    {
        var authorizer = Open(o => o.SuperUsers = "User:CN=root,O=x; User:alice");
        authorizer.Store!.Add([Entry("*", "User:*") with { Permission = AclPermission.Deny, Operation = AclOperation.All }]);

        Assert.True(MayRead(authorizer, "orders"));
        Assert.True(authorizer.AllowsSome(Alice, AclOperation.Write, ResourceType.Topic));
        Assert.False(authorizer.Allows(Alice with { Principal = KafkaPrincipal.User("bob") }, AclOperation.Read, ResourceType.Topic, "orders", null));
    }

    [Fact]
    public void a_change_counts_at_once()
    {
        var authorizer = Open();
        Assert.False(MayRead(authorizer, "orders"));

        authorizer.Store!.Add([Entry("orders", "User:alice")]);
        Assert.True(MayRead(authorizer, "orders"));

        authorizer.Store.Remove([new AclFilter(ResourceType.Topic, "orders", PatternType.Any, null, null, AclOperation.Any, AclPermission.Any)]);
        Assert.False(MayRead(authorizer, "orders"));
    }

    [Fact]
    public void entries_outlive_a_restart()
    {
        Open().Store!.Add([Entry("orders", "User:alice") with { PatternType = PatternType.Prefixed, Host = "10.0.0.1" }]);

        Assert.True(MayRead(Open(), "orders-2"));
    }

    [Fact]
    public void one_that_is_there_already_is_not_kept_twice()
    {
        var store = Open().Store!;

        store.Add([Entry("orders", "User:alice"), Entry("orders", "User:alice")]);
        store.Add([Entry("orders", "User:alice")]);

        Assert.Single(store.Entries.All);
    }

    [Fact]
    public void a_denial_is_logged_once_until_the_entries_change_and_never_when_only_shown()
    {
        var authorizer = Open();

        authorizer.Allows(Alice, AclOperation.Read, ResourceType.Topic, "orders", api: null);
        Assert.Empty(_log.Lines);
        MayRead(authorizer, "orders");
        MayRead(authorizer, "orders");
        Assert.Single(_log.Lines);
        authorizer.Store!.Add([Entry("other", "User:alice")]);
        MayRead(authorizer, "orders");

        Assert.Equal(2, _log.Lines.Count());
        Assert.Contains("User:alice may not Read Topic orders from 10.0.0.1, asked by Fetch", _log.Lines.First(), StringComparison.Ordinal);
    }

    [Fact]
    public void a_decision_made_before_costs_no_memory()
    {
        var authorizer = Open(o => o.AllowEveryoneIfNoAclFound = true);
        for (var i = 0; i < 100; i++)
            MayRead(authorizer, "orders");
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
            MayRead(authorizer, "orders");

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void names_without_end_do_not_fill_the_memory()
    {
        var authorizer = Open(o => o.AllowEveryoneIfNoAclFound = true);

        for (var i = 0; i < 25_000; i++)
            Assert.True(MayRead(authorizer, $"topic-{i}"));

        Assert.InRange(authorizer.DecisionsKept, 1, 10_000);
    }

    public void Dispose()
    {
        _directory?.Dispose();
        _metrics.Dispose();
        _log.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    private static bool MayRead(Authorizer authorizer, string topic) =>
        authorizer.Allows(Alice, AclOperation.Read, ResourceType.Topic, topic, ApiKey.Fetch);

    private static AclBinding Entry(string topic, string principal) =>
        new(ResourceType.Topic, topic, PatternType.Literal, principal, "*", AclOperation.Read, AclPermission.Allow);

    private Authorizer Open(Action<BrokerOptions>? configure = null)
    {
        _directory ??= DataDirectory.Open(_path);
        var options = new BrokerOptions();
        configure?.Invoke(options);
        return new Authorizer(AclStore.Open(_directory), options, _metrics, _log);
    }
}
