using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests.Connections;

public sealed class MemoryBudgetTests
{
    private const int Limit = 1 << 20;

    [Fact]
    public async Task idle_connections_hold_nothing()
    {
        await using var broker = await StartAsync();
        for (var i = 0; i < 1_000; i++)
            await broker.ConnectAsync();

        await (await broker.ConnectAsync()).AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new(), 3);

        await UntilAsync(() => broker.Server.Memory.Used == 0);
    }

    [Fact]
    public async Task clients_that_do_not_read_their_answers_are_not_read_from()
    {
        const int slowClients = 4;
        await using var broker = await StartAsync();
        var reader = await broker.ConnectAsync();
        await reader.CreateTopicAsync("t", partitions: 500);
        await reader.SendAsync(new MetadataRequest { Topics = null }, 9);
        var answerSize = (await reader.ReceiveFrameAsync())!.Length;
        Assert.InRange(answerSize, 10_000, Limit);

        var slow = new List<KafkaClient>();
        for (var i = 0; i < slowClients; i++)
        {
            slow.Add(await broker.ConnectAsync());
            for (var k = 0; k < 1_000; k++)
                await slow[i].SendAsync(new MetadataRequest { Topics = null }, 9);
        }

        // What the system's own buffers take is sent; the 4,000 answers together would be far more than those and the budget.
        await UntilAsync(() => broker.Server.Memory.Used >= Limit);
        Assert.InRange(broker.Server.Memory.Used, Limit, Limit + slowClients * (long)answerSize);

        foreach (var client in slow)
            client.Dispose();
        await UntilAsync(() => broker.Server.Memory.Used == 0);
        await reader.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new(), 3);
    }

    [Fact]
    public async Task a_large_request_waits_for_another_that_is_not_whole_yet()
    {
        await using var broker = await StartAsync();
        var first = await broker.ConnectAsync();
        await first.CreateTopicAsync("t");
        using var frame = new FrameBuffer();
        Frame.WriteRequest(frame, 9, 100, "test", Requests.Produce("t", Requests.Batch(new string('x', 700_000))));
        await first.SendRawAsync(frame.Written[..200_000]);
        await UntilAsync(() => broker.Server.Memory.Used > 700_000);

        var second = await broker.ConnectAsync();
        var sending = second.SendRawAsync(frame.Written);
        await (await broker.ConnectAsync()).AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new(), 3);
        Assert.InRange(broker.Server.Memory.Used, 700_000, Limit);
        Assert.Equal(0, broker.Server.Topics.FindPartition("t", 0)!.Log!.LogEndOffset);

        await first.SendRawAsync(frame.Written[200_000..]);
        await first.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, 100);
        first.Dispose();
        await sending;
        await second.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, 100);
    }

    [Fact]
    public async Task a_request_longer_than_the_budget_comes_alone()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 1, ("max.message.bytes", "10000000"));

        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", Requests.Batch(new string('x', 3_000_000)))).ErrorCode);
        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", Requests.Batch("y"))).ErrorCode);
    }

    private static Task<TestBroker> StartAsync() => TestBroker.StartAsync(o => o.QueuedMaxRequestBytes = Limit);

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
