using System.Buffers.Binary;
using System.Text;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests;

public sealed class HostileFrameTests
{
    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "length 0", [0, 0, 0, 0] },
        { "length 9", [0, 0, 0, 9, 0, 18, 0, 0, 0, 0, 0, 1, 255] },
        { "negative length", [255, 255, 255, 255] },
        { "length over the limit", [0x7F, 255, 255, 255] },
        { "unknown key", [0, 0, 0, 10, 0x7F, 0, 0, 0, 0, 0, 0, 1, 255, 255] },
        { "negative key", [0, 0, 0, 10, 255, 255, 0, 0, 0, 0, 0, 1, 255, 255] },
        { "unknown version of Metadata", [0, 0, 0, 10, 0, 3, 0, 99, 0, 0, 0, 1, 255, 255] },
        { "Produce 2, which is announced", [0, 0, 0, 18, 0, 0, 0, 2, 0, 0, 0, 1, 255, 255, 0, 1, 0, 0, 0, 0, 0, 0] },
        { "client id beyond the frame", [0, 0, 0, 10, 0, 3, 0, 1, 0, 0, 0, 1, 0x7F, 255] },
        { "array beyond the frame", [0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 255, 255, 0x7F, 255, 255, 255] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task a_malformed_frame_closes_its_connection_and_no_other(string what, byte[] bytes)
    {
        await using var broker = await TestBroker.StartAsync();
        var bystander = await broker.ConnectAsync();
        var client = await broker.ConnectAsync();

        await client.SendRawAsync(bytes);

        Assert.Null(await client.ReceiveFrameAsync());
        await bystander.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest(), 3);
        var said = broker.Log.Lines.Count(l => l.StartsWith("Warning", StringComparison.Ordinal));
        Assert.True(said == 1, $"{what}: {said} warnings");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000", "TLS")]
    public async Task a_foreign_protocol_is_named_in_the_log(string bytes, string name)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        await client.SendRawAsync(Encoding.Latin1.GetBytes(bytes));

        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Contains(broker.Log.Lines, l => l.Contains($"looks like {name}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task an_unknown_version_of_api_versions_is_answered_in_version_0_and_the_connection_stays()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        byte[] request = [0, 0, 0, 10, 0, 18, 0, 99, 0, 0, 0, 7, 255, 255];
        await client.SendRawAsync(request);

        var refused = await client.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, 7);
        Assert.Equal(ErrorCode.UnsupportedVersion, refused.ErrorCode);
        Assert.Contains(refused.ApiKeys, k => k is { ApiKey: ApiKey.ApiVersions, MinVersion: 0, MaxVersion: 4 });
        await client.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest(), 4);
    }

    [Fact]
    public async Task an_announced_100_megabytes_take_no_memory_until_they_come()
    {
        await using var broker = await TestBroker.StartAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var announced = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(announced, 100_000_000);

        for (var i = 0; i < 20; i++)
            await (await broker.ConnectAsync()).SendRawAsync(announced);
        await (await broker.ConnectAsync()).AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest(), 3);

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 100_000_000);
    }

    [Fact]
    public async Task a_frame_that_comes_byte_by_byte_is_answered()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        foreach (var b in new byte[] { 0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255 })
            await client.SendRawAsync(new[] { b });

        await client.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, 1);
    }

    [Fact]
    public async Task a_frame_larger_than_the_usual_buffer_is_answered_and_so_is_the_next()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        var large = Requests.Batch(new string('x', 700_000));
        Assert.Equal(0, (await client.ProduceAsync("t", large)).BaseOffset);
        Assert.Equal(1, (await client.ProduceAsync("t", Requests.Batch("small"))).BaseOffset);
        Assert.Equal(2, (await client.ProduceAsync("t", large)).BaseOffset);
    }

    [Fact]
    public async Task connections_past_the_limit_are_closed()
    {
        await using var broker = await TestBroker.StartAsync(o => o.MaxConnections = 1);
        var first = await broker.ConnectAsync();
        await first.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest(), 3);

        var second = await broker.ConnectAsync();

        Assert.Null(await second.ReceiveFrameAsync());
        await first.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new ApiVersionsRequest(), 3);
    }
}
