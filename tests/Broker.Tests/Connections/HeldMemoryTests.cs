using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests.Connections;

/// <summary>What a broker still holds when its clients are silent, and what it makes of requests that are far too large.</summary>
[Collection(nameof(Alone))]
public sealed class HeldMemoryTests
{
    [Fact]
    public async Task idle_connections_hold_no_buffers()
    {
        const int count = 500;
        const int requestSize = 60_000;
        await using var broker = await TestBroker.StartAsync();
        await (await broker.ConnectAsync()).CreateTopicAsync("t");
        var batch = Requests.Batch(new string('x', requestSize));
        await (await broker.ConnectAsync()).ProduceAsync("t", batch, acks: 1);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < count; i++)
            await (await broker.ConnectAsync()).ProduceAsync("t", batch, acks: 1);

        // Both ends of the connections are in this process; a buffer of each would be three times as much.
        await UntilAsync(() => GC.GetTotalMemory(forceFullCollection: true) - before < count * (requestSize / 3));
    }

    [Fact]
    public async Task the_objects_of_a_request_of_many_partitions_do_not_stay()
    {
        const int partitions = 100_000;
        var large = Requests.Fetch("t", 0);
        large.Topics[0].Partitions = [.. Enumerable.Repeat(new FetchRequest.FetchPartition { PartitionMaxBytes = 1 }, partitions)];

        // The runtime's pool keeps the buffers it had to make for half a minute, so a broker whose buffers are there already tells.
        for (var brokers = 1; await HeldAfterAsync(large) >= partitions * 100L; brokers++)
            Assert.InRange(brokers, 1, 9);
    }

    [Fact]
    public async Task a_fetch_of_a_million_partitions_is_not_even_read()
    {
        const int partitions = 1_000_000;
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch("t", 0);
        request.Topics[0].Partitions = [.. Enumerable.Repeat(new FetchRequest.FetchPartition { PartitionMaxBytes = 1 }, partitions)];
        using var frame = new FrameBuffer();
        Frame.WriteRequest(frame, 4, 1, "test", request);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        await client.SendRawAsync(frame.Written);
        Assert.Null(await client.ReceiveFrameAsync());
        await broker.Log.WaitForAsync(nameof(CloseReason.MalformedFrame));

        // At most the frame itself, which grows in its buffer unless that is a used one; an object for each partition would be far more.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 3L * frame.Length);
        Assert.True(3L * frame.Length < partitions * 64L);
    }

    /// <summary>Bytes that a new broker holds of a fetch when it has answered another.</summary>
    private static async Task<long> HeldAfterAsync(FetchRequest large)
    {
        var small = Requests.Fetch("t", 0);
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.FetchAsync(small);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var answer = await client.AskAsync<FetchRequest, FetchResponse>(large, 12);
        Assert.Equal(large.Topics[0].Partitions.Count, Assert.Single(answer.Responses).Partitions.Count);
        answer = null;
        await client.FetchAsync(small);

        return GC.GetTotalMemory(forceFullCollection: true) - before;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
