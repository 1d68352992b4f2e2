using Broker.Groups.Consumer;

namespace Broker.Tests.Groups;

public sealed class NamePatternTests
{
    [Theory]
    [InlineData("orders", "orders")]
    [InlineData("orders.*", "orders-1")]
    [InlineData("^orders-[0-9]+$", "orders-17")]
    [InlineData("a|b", "b")]
    [InlineData("(?i)ORDERS", "orders")]
    [InlineData(@"\Qa.b\E-.", "a.b-c")]
    [InlineData("(?P<kind>orders|bills)-1", "bills-1")]
    [InlineData("[[:alpha:]]+", "orders")]
    [InlineData("[^[:digit:]]+", "orders")]
    [InlineData("[]a]+", "a")]
    [InlineData("a{2,3}", "aaa")]
    [InlineData("a{x}", "a{x}")]
    [InlineData("", "")]
    public void a_whole_name_matches(string pattern, string topic)
    {
        Assert.True(NamePattern.TryParse(pattern, out var parsed, out _));
        Assert.True(parsed.Matches(topic));
    }

    [Theory]
    [InlineData("orders", "orders-1")]
    [InlineData("orders", "my-orders")]
    [InlineData("a|b", "ab")]
    [InlineData(@"\Qa.b\E", "aXb")]
    [InlineData("[a-z-[aeiou]]+", "b")]
    [InlineData("[[:digit:]]+", "digit")]
    public void nothing_but_a_whole_name_does(string pattern, string topic)
    {
        Assert.True(NamePattern.TryParse(pattern, out var parsed, out _));
        Assert.False(parsed.Matches(topic));
    }

    [Theory]
    [InlineData("a(")]
    [InlineData("a)(b")]
    [InlineData("a)|(b")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData("a(?=b)")]
    [InlineData("(?<=a)b")]
    [InlineData(@"(a)\1")]
    [InlineData("(?>a+)b")]
    [InlineData("[[:name:]]")]
    [InlineData("a{1001}")]
    [InlineData("(a{100}){100}")]
    [InlineData("a{99999999999999999999}")]
    public void what_RE2_does_not_know_or_bound_is_refused(string pattern)
    {
        Assert.False(NamePattern.TryParse(pattern, out _, out var fault));
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void a_pattern_longer_than_any_list_of_names_is_refused()
    {
        Assert.True(NamePattern.TryParse(new string('a', NamePattern.MaxLength), out _, out _));
        Assert.False(NamePattern.TryParse(new string('a', NamePattern.MaxLength + 1), out _, out _));
    }
}
