using Broker.Authorization;

namespace Broker.Tests.Authorization;

public sealed class AclFilterTests
{
    private static readonly AclFilter Everything = new(
        ResourceType.Any, null, PatternType.Any, null, null, AclOperation.Any, AclPermission.Any);

    private static readonly AclBinding Entry = new(
        ResourceType.Topic, "orders", PatternType.Literal, "User:alice", "*", AclOperation.Read, AclPermission.Allow);

    public static TheoryData<string, bool> Filters => new()
    {
        { "everything", true },
        { "topic", true },
        { "group", false },
        { "name", true },
        { "other name", false },
        { "prefixed", false },
        { "principal", true },
        { "other principal", false },
        { "host", false },
        { "operation", false },
        { "deny", false },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void an_entry_matches_when_every_field_that_is_set_does(string filter, bool expected)
    {
        var asked = filter switch
        {
            "everything" => Everything,
            "topic" => Everything with { ResourceType = ResourceType.Topic },
            "group" => Everything with { ResourceType = ResourceType.Group },
            "name" => Everything with { ResourceName = "orders" },
            "other name" => Everything with { ResourceName = "order" },
            "prefixed" => Everything with { PatternType = PatternType.Prefixed },
            "principal" => Everything with { Principal = "User:alice" },
            "other principal" => Everything with { Principal = "User:*" },
            "host" => Everything with { Host = "10.0.0.1" },
            "operation" => Everything with { Operation = AclOperation.Describe },
            _ => Everything with { Permission = AclPermission.Deny },
        };

        Assert.Equal(expected, asked.Matches(Entry));
    }

    [Theory]
    [InlineData("orders", nameof(PatternType.Literal), true)]
    [InlineData("or", nameof(PatternType.Prefixed), true)]
    [InlineData("*", nameof(PatternType.Literal), true)]
    [InlineData("*", nameof(PatternType.Prefixed), false)]
    [InlineData("or", nameof(PatternType.Literal), false)]
    [InlineData("payments", nameof(PatternType.Literal), false)]
    public void match_finds_every_pattern_that_holds_for_a_name(string name, string pattern, bool expected)
    {
        var entry = Entry with { ResourceName = name, PatternType = Enum.Parse<PatternType>(pattern) };

        Assert.Equal(expected, (Everything with { ResourceName = "orders", PatternType = PatternType.Match }).Matches(entry));
    }
}
