using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests.Connections;

public sealed class RequestLogTests
{
    [Fact]
    public async Task every_request_is_logged_with_its_version_and_the_software_that_sent_it()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Log.KeepsRequests = true;
        var client = await broker.ConnectAsync();

        await client.AskAsync<MetadataRequest, MetadataResponse>(new MetadataRequest(), 8);
        await client.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest { ClientSoftwareName = "tester", ClientSoftwareVersion = "1.2" }, 3);
        await client.AskAsync<MetadataRequest, MetadataResponse>(new MetadataRequest(), 9);

        var lines = broker.Log.Lines.Where(l => l.EndsWith(" ms.", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, lines.Count);
        Assert.Matches(@"^Debug: Metadata v8 from 127\.0\.0\.1:\d+ \(client id \S+, \(null\)\)", lines[0]);
        Assert.Matches(@"^Debug: ApiVersions v3 from 127\.0\.0\.1:\d+ \(client id \S+, tester 1\.2\)", lines[1]);
        Assert.Matches(@"^Debug: Metadata v9 from 127\.0\.0\.1:\d+ \(client id \S+, tester 1\.2\)", lines[2]);
    }
}
