using System.Text;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Conformance.Support;

namespace Conformance;

/// <summary>Bad bytes close the connection they came on, and no other.</summary>
public class MalformedFrameTests(TestBroker broker)
{
    public static TheoryData<string, byte[]> BadBytes => new()
    {
        { "a negative length", [0xFF, 0xFF, 0xFF, 0xFF] },
        { "no length at all", [0, 0, 0, 0] },
        { "a frame above the limit", [0x7F, 0xFF, 0xFF, 0xFF] },
        { "a frame too short for a header", [0, 0, 0, 3, 0, 18, 0] },
        { "the start of TLS", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03] },
        { "HTTP", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") },
        { "an unknown key", [0, 0, 0, 10, 0x03, 0xE7, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF] },
        { "an unknown version of Metadata", [0, 0, 0, 10, 0, 3, 0x00, 0x63, 0, 0, 0, 1, 0xFF, 0xFF] },
        { "a version of Produce that is only announced", [0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 1, 0xFF, 0xFF, 0, 1, 0, 0, 0, 100, 0, 0, 0, 0] },
        { "a Metadata request with a count beyond its bytes", [0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF] },
        { "a Metadata request cut short", [0, 0, 0, 12, 0, 3, 0, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(BadBytes))]
    public async Task bad_bytes_close_that_connection_while_another_goes_on(string what, byte[] bytes)
    {
        using var bystander = await RawClient.ConnectAsync(broker.BootstrapServers);
        using var culprit = await RawClient.ConnectAsync(broker.BootstrapServers);

        await culprit.SendAsync(bytes);

        Assert.True(await culprit.IsClosedAsync(), what);
        await bystander.SendAsync(new MetadataRequest { Topics = [] }, version: 9);
        var answer = await bystander.ReceiveAsync<MetadataResponse>(ApiKey.Metadata, 9);
        Assert.Single(answer.Brokers);
    }

    [Fact]
    public async Task a_frame_that_never_ends_disturbs_nobody()
    {
        using var slow = await RawClient.ConnectAsync(broker.BootstrapServers);
        using var other = await RawClient.ConnectAsync(broker.BootstrapServers);

        await slow.SendAsync(0, 0x10, 0, 0, 0, 3);
        await other.SendAsync(new ApiVersionsRequest(), version: 0);

        Assert.Equal(ErrorCode.None, (await other.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0)).ErrorCode);
    }
}
