using Compliance.Support;
using Compliance.Transports;

namespace Compliance;

/// <summary>The page that says which behaviour was shown over which transport.</summary>
public sealed class PageTests
{
    [Fact]
    public async Task the_page_says_what_the_suite_shows()
    {
        var page = await BehaviourPage.Write();
        var kept = await BehaviourPage.Keep(page);

        Assert.True(page == await File.ReadAllTextAsync(BehaviourPage.Committed), $"BEHAVIOURS.md is out of date: look at {kept} and copy it");
    }

    [Fact]
    public void no_capability_is_claimed_to_be_lacking_that_no_behaviour_needs()
    {
        var needed = BehaviourPage.All.SelectMany(behaviour => behaviour.Needs).ToHashSet();

        Assert.NotEmpty(needed);
        Assert.Equal(Enum.GetValues<Capability>().Order(), needed.Order());
        Assert.Equal(Enum.GetValues<Capability>().Order(), TransportsUnderTest.All.Values.SelectMany(transport => transport.Lacks.Keys).Distinct().Order());
    }

    [Fact]
    public void our_transport_lacks_nothing_on_either_broker() =>
        Assert.Empty(TransportsUnderTest.All.Values.OfType<LogTransportUnderTest>().SelectMany(transport => transport.Lacks));
}
