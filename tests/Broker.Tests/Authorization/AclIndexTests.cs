using Broker.Authorization;

namespace Broker.Tests.Authorization;

public sealed class AclIndexTests
{
    [Fact]
    public void a_literal_entry_holds_for_its_name_alone()
    {
        var entries = new AclIndex([Allow("orders")]);

        Assert.True(Decide(entries, "orders"));
        Assert.Null(Decide(entries, "order"));
        Assert.Null(Decide(entries, "orders2"));
        Assert.Null(Decide(entries, "Orders"));
    }

    [Fact]
    public void a_prefixed_entry_holds_for_every_name_that_begins_with_it()
    {
        var entries = new AclIndex([Allow("or") with { PatternType = PatternType.Prefixed }]);

        Assert.True(Decide(entries, "or"));
        Assert.True(Decide(entries, "orders"));
        Assert.Null(Decide(entries, "o"));
        Assert.Null(Decide(entries, "my-orders"));
    }

    [Fact]
    public void a_literal_star_holds_for_every_resource_of_its_type()
    {
        var entries = new AclIndex([Allow("*")]);

        Assert.True(Decide(entries, "orders"));
        Assert.True(Decide(entries, "*"));
        Assert.Null(entries.Find("User:alice", "10.0.0.1", AclOperation.Read, ResourceType.Group, "orders", out _));
    }

    [Fact]
    public void a_prefixed_star_is_a_prefix()
    {
        var entries = new AclIndex([Allow("*") with { PatternType = PatternType.Prefixed }]);

        Assert.Null(Decide(entries, "orders"));
        Assert.True(Decide(entries, "*orders"));
    }

    [Theory]
    [InlineData("orders", nameof(PatternType.Literal))]
    [InlineData("or", nameof(PatternType.Prefixed))]
    [InlineData("*", nameof(PatternType.Literal))]
    public void what_denies_wins_over_whatever_allows(string name, string pattern)
    {
        var deny = Allow(name) with { PatternType = Enum.Parse<PatternType>(pattern), Permission = AclPermission.Deny };
        var entries = new AclIndex([Allow("orders"), Allow("*"), Allow("ord") with { PatternType = PatternType.Prefixed }, deny]);

        Assert.False(Decide(entries, "orders"));
    }

    [Fact]
    public void entries_of_others_keep_a_client_out()
    {
        var entries = new AclIndex([Allow("orders") with { Principal = "User:bob" }]);

        Assert.False(Decide(entries, "orders"));
    }

    [Fact]
    public void everybody_is_a_principal_and_a_star_is_every_host()
    {
        Assert.True(Decide(new AclIndex([Allow("orders") with { Principal = "User:*" }]), "orders"));
        Assert.False(Decide(new AclIndex([Allow("orders") with { Principal = "Group:*" }]), "orders"));
        Assert.True(Decide(new AclIndex([Allow("orders") with { Host = "10.0.0.1" }]), "orders"));
        Assert.False(Decide(new AclIndex([Allow("orders") with { Host = "10.0.0.2" }]), "orders"));
        Assert.False(Decide(new AclIndex([Allow("orders") with { Host = "10.0.0.0/8" }]), "orders"));
    }

    [Theory]
    [InlineData(nameof(AclOperation.Read), nameof(AclOperation.Describe), true)]
    [InlineData(nameof(AclOperation.Write), nameof(AclOperation.Describe), true)]
    [InlineData(nameof(AclOperation.Delete), nameof(AclOperation.Describe), true)]
    [InlineData(nameof(AclOperation.Alter), nameof(AclOperation.Describe), true)]
    [InlineData(nameof(AclOperation.AlterConfigs), nameof(AclOperation.Describe), false)]
    [InlineData(nameof(AclOperation.Create), nameof(AclOperation.Describe), false)]
    [InlineData(nameof(AclOperation.AlterConfigs), nameof(AclOperation.DescribeConfigs), true)]
    [InlineData(nameof(AclOperation.Alter), nameof(AclOperation.DescribeConfigs), false)]
    [InlineData(nameof(AclOperation.Read), nameof(AclOperation.Write), false)]
    [InlineData(nameof(AclOperation.All), nameof(AclOperation.Write), true)]
    public void to_allow_one_operation_is_to_allow_what_it_implies(string allowed, string asked, bool expected)
    {
        Assert.Equal(expected, Decide(new AclIndex([Allow("orders") with { Operation = Enum.Parse<AclOperation>(allowed) }]), "orders", Enum.Parse<AclOperation>(asked)));
    }

    [Theory]
    [InlineData(nameof(AclOperation.Read), nameof(AclOperation.Describe), true)]
    [InlineData(nameof(AclOperation.Read), nameof(AclOperation.Read), false)]
    [InlineData(nameof(AclOperation.All), nameof(AclOperation.Describe), false)]
    public void to_deny_an_operation_implies_nothing(string denied, string asked, bool expected)
    {
        var entries = new AclIndex(
            [Allow("orders") with { Operation = AclOperation.All }, Allow("orders") with { Operation = Enum.Parse<AclOperation>(denied), Permission = AclPermission.Deny }]);

        Assert.Equal(expected, Decide(entries, "orders", Enum.Parse<AclOperation>(asked)));
    }

    [Theory]
    [InlineData("orders", nameof(PatternType.Literal), true)]
    [InlineData("or", nameof(PatternType.Prefixed), true)]
    [InlineData("*", nameof(PatternType.Literal), true)]
    public void some_topic_may_be_written_when_one_pattern_allows_it(string name, string pattern, bool expected)
    {
        var entries = new AclIndex([Allow(name) with { PatternType = Enum.Parse<PatternType>(pattern), Operation = AclOperation.Write }]);

        Assert.Equal(expected, entries.AllowsSome("User:alice", "10.0.0.1", AclOperation.Write, ResourceType.Topic));
        Assert.False(entries.AllowsSome("User:bob", "10.0.0.1", AclOperation.Write, ResourceType.Topic));
        Assert.False(entries.AllowsSome("User:alice", "10.0.0.1", AclOperation.Read, ResourceType.Topic));
    }

    [Theory]
    [InlineData("orders", nameof(PatternType.Literal), "orders", nameof(PatternType.Literal), false)]
    [InlineData("orders", nameof(PatternType.Literal), "or", nameof(PatternType.Prefixed), false)]
    [InlineData("orders", nameof(PatternType.Literal), "*", nameof(PatternType.Literal), false)]
    [InlineData("or", nameof(PatternType.Prefixed), "o", nameof(PatternType.Prefixed), false)]
    [InlineData("or", nameof(PatternType.Prefixed), "orders", nameof(PatternType.Prefixed), true)]
    [InlineData("or", nameof(PatternType.Prefixed), "orders", nameof(PatternType.Literal), true)]
    [InlineData("*", nameof(PatternType.Literal), "orders", nameof(PatternType.Literal), true)]
    public void no_topic_may_be_written_when_every_pattern_that_allows_is_covered_by_one_that_denies(
        string allowed, string allowedPattern, string denied, string deniedPattern, bool expected)
    {
        var allow = Allow(allowed) with { PatternType = Enum.Parse<PatternType>(allowedPattern) };
        var deny = Allow(denied) with { PatternType = Enum.Parse<PatternType>(deniedPattern), Permission = AclPermission.Deny };

        Assert.Equal(expected, new AclIndex([allow, deny]).AllowsSome("User:alice", "10.0.0.1", AclOperation.Read, ResourceType.Topic));
    }

    /// <summary>Null when nothing is said about the resource.</summary>
    private static bool? Decide(AclIndex entries, string topic, AclOperation operation = AclOperation.Read)
    {
        var entry = entries.Find("User:alice", "10.0.0.1", operation, ResourceType.Topic, topic, out var hasEntries);
        return entry is not null ? entry.Permission == AclPermission.Allow : hasEntries ? false : null;
    }

    private static AclBinding Allow(string topic) =>
        new(ResourceType.Topic, topic, PatternType.Literal, "User:alice", "*", AclOperation.Read, AclPermission.Allow);
}
