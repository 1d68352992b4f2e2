using System.Buffers.Binary;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests.Connections;

/// <summary>Requests that are well made and far too large, and clients that never finish what they begin.</summary>
public sealed class RequestLimitTests
{
    [Fact]
    public async Task only_a_produce_request_may_be_as_long_as_the_limit()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var begin = new byte[16];
        BinaryPrimitives.WriteInt32BigEndian(begin, 17 * 1024 * 1024);
        begin[5] = (byte)ApiKey.Metadata;

        await client.SendRawAsync(begin);

        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Contains(broker.Log.Lines, l => l.Contains("only produce requests", StringComparison.Ordinal));
    }

    [Fact]
    public async Task nested_arrays_cannot_multiply()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var asked = new DescribeLogDirsRequest.DescribableLogDirTopic { Topic = "t", Partitions = Enumerable.Range(0, 1_000).ToArray() };

        await client.SendAsync(new DescribeLogDirsRequest { Topics = Enumerable.Repeat(asked, 1_000).ToList() }, 4);

        Assert.Null(await client.ReceiveFrameAsync());
    }

    [Fact]
    public async Task half_a_frame_disturbs_nobody_and_is_cut_when_idle()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var broker = await TestBroker.StartAsync(o => o.ConnectionsMaxIdleMs = 60_000, time);
        var slow = new List<KafkaClient>();
        for (var i = 0; i < 50; i++)
        {
            slow.Add(await broker.ConnectAsync());
            await slow[i].SendRawAsync(new byte[] { 0, 0, 1, 0, 0, 3 });
        }

        await (await broker.ConnectAsync()).AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new(), 3);
        for (var i = 0; i < 5; i++)
            time.Advance(TimeSpan.FromSeconds(15));

        foreach (var client in slow)
            Assert.Null(await client.ReceiveFrameAsync());
    }
}
