using Broker.Protocol.Messages;
using Conformance.Support;

namespace Conformance;

/// <summary>What the broker announces, and what clients made for Apache Kafka have sent while all other tests ran.</summary>
[Collection(nameof(LastCollection))]
public class AnnouncedVersionTests(TestBroker broker)
{
    [Fact]
    public async Task the_highest_announced_version_of_every_api_was_sent_by_a_client_and_the_page_says_by_which()
    {
        Assert.SkipWhen(broker.LogDirectory is null, "what is announced is not ours");
        Tool.OnlyWhenLong();
        Assert.SkipUnless(RunningTests.AllBegun, "only a part of the tests was run");
        await Tool.RequireAllAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var announced = (await client.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new(), 0)).ApiKeys;
        var sent = SentRequests.OfThisRun.All;

        var rows = VersionPage.Rows(announced, sent);
        var page = await VersionPage.WriteAsync(rows);

        Assert.Equal([], announced.Where(api => !sent.Any(s => s.Api == api.ApiKey && s.Version == api.MaxVersion)).Select(api => $"{api.ApiKey} v{api.MaxVersion}"));
        Assert.True(VersionPage.Claims(rows).SequenceEqual(await VersionPage.CommittedAsync()), $"APIS.md is out of date: look at {page} and copy it");
    }
}
