using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests.Connections;

public sealed class MemoryBudgetTests
{
    /// <summary>Of each half.</summary>
    private const int Limit = 1 << 20;

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
        var answers = broker.Server.Memory.Answers;
        await UntilAsync(() => answers.Used >= Limit);
        Assert.InRange(answers.Used, Limit, Limit + slowClients * (long)answerSize);

        foreach (var client in slow)
            client.Dispose();
        await UntilAsync(() => answers.Used == 0);
        await reader.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new(), 3);
    }

    [Fact]
    public async Task clients_that_announce_large_requests_and_stop_keep_nobody_waiting()
    {
        await using var broker = await StartAsync(new FakeTimeProvider());
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var frame = Large();
        var announced = frame.Written[..5_000].ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(announced, 100_000_000);
        for (var i = 0; i < 50; i++)
            await (await broker.ConnectAsync()).SendRawAsync(announced);

        for (var i = 0; i < 3; i++)
        {
            await client.SendRawAsync(frame.Written);
            await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, 100);
        }

        Assert.Equal(3, broker.Server.Topics.FindPartition("t", 0)!.Log!.LogEndOffset);
    }

    [Fact]
    public async Task halves_of_large_requests_do_not_wait_for_each_other()
    {
        const int count = 8;
        await using var broker = await StartAsync(new FakeTimeProvider());
        await (await broker.ConnectAsync()).CreateTopicAsync("t");
        var frame = Large();
        var clients = new List<KafkaClient>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(await broker.ConnectAsync());
            await clients[i].SendRawAsync(frame.Written[..300_000]);
        }

        // Together they need five times the budget.
        await UntilAsync(() => broker.Server.Memory.Requests.Used > Limit / 2);
        var rest = clients.Select(c => c.SendRawAsync(frame.Written[300_000..])).ToList();
        foreach (var client in clients)
        {
            Assert.Equal(ErrorCode.None, Requests.Only(await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, 100)).ErrorCode);
            Assert.InRange(broker.Server.Memory.Requests.Used, 0, 2 * Limit);
        }

        await Task.WhenAll(rest);
        await UntilAsync(() => broker.Server.Memory.Requests.Used == 0);
    }

    [Fact]
    public async Task a_large_request_that_stops_is_cut_and_gives_back_what_it_held()
    {
        var time = new FakeTimeProvider();
        await using var broker = await StartAsync(time);
        await (await broker.ConnectAsync()).CreateTopicAsync("t");
        var stopped = await broker.ConnectAsync();
        await stopped.SendRawAsync(Large().Written[..400_000]);
        await UntilAsync(() => broker.Server.Memory.Requests.Used > 400_000);
        var silent = await broker.ConnectAsync();

        time.Advance(TimeSpan.FromSeconds(29));
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Null(await stopped.ReceiveFrameAsync());
        await broker.Log.WaitForAsync(nameof(CloseReason.RequestStalled));
        await UntilAsync(() => broker.Server.Memory.Requests.Used == 0);
        await silent.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(new(), 3);
    }

    [Fact]
    public async Task a_request_longer_than_the_budget_comes_too()
    {
        await using var broker = await StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 1, ("max.message.bytes", "10000000"));

        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", Requests.Batch(new string('x', 3_000_000)))).ErrorCode);
        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", Requests.Batch("y"))).ErrorCode);
    }

    [Fact]
    public async Task a_connection_whose_long_polls_hold_too_much_has_them_answered_at_once()
    {
        const int polls = 10;
        await using var broker = await StartAsync(new FakeTimeProvider());
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var request = ManyPartitions(300);

        // The produce comes after all of them, and wakes those that wait.
        var ids = new List<int>();
        for (var i = 0; i < polls; i++)
            ids.Add(await client.SendAsync(request, Requests.FetchVersion));
        var produce = await client.SendAsync(Requests.Produce("t", Requests.Batch("a")), Requests.ProduceVersion);

        var waited = 0;
        foreach (var id in ids)
        {
            var answer = await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Requests.FetchVersion, id);
            waited += answer.Responses[0].Partitions[0].Records.Length > 0 ? 1 : 0;
        }

        await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, Requests.ProduceVersion, produce);
        Assert.Equal(1, waited);
        await UntilAsync(() => broker.Server.Memory.Answers.Used == 0);
    }

    [Fact]
    public async Task long_polls_of_all_connections_leave_room_for_others()
    {
        await using var broker = await StartAsync(new FakeTimeProvider());
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var request = ManyPartitions(300);
        var waiting = broker.Server.Topics.FindPartition("t", 0)!.DelayedFetches;
        var answers = broker.Server.Memory.Answers;

        var pollers = new List<KafkaClient>();
        while (answers.Used + (300 * 256) < Limit / 2)
        {
            pollers.Add(await broker.ConnectAsync());
            await pollers[^1].SendAsync(request, Requests.FetchVersion);
            await UntilAsync(() => waiting.Count == pollers.Count);
            Assert.InRange(answers.Used, pollers.Count * 300L * 256, Limit / 2);
        }

        // There is no room for one more that waits; the clock stands still, so it did not.
        Assert.True(pollers.Count >= 5);
        var last = await client.AskAsync<FetchRequest, FetchResponse>(request, Requests.FetchVersion);
        Assert.Equal(0, last.Responses[0].Partitions[0].Records.Length);
        Assert.Equal(pollers.Count, waiting.Count);

        foreach (var poller in pollers)
            poller.Dispose();
        await UntilAsync(() => answers.Used == 0 && waiting.Count == 0);
    }

    private static Task<TestBroker> StartAsync(TimeProvider? time = null) => TestBroker.StartAsync(o => o.QueuedMaxRequestBytes = 2 * Limit, time);

    private static FetchRequest ManyPartitions(int count)
    {
        var request = Requests.Fetch("t", 0, maxWaitMs: 60_000);
        request.Topics[0].Partitions = [.. Enumerable.Repeat(request.Topics[0].Partitions[0], count)];
        return request;
    }

    private static FrameBuffer Large()
    {
        var frame = new FrameBuffer();
        Frame.WriteRequest(frame, 9, 100, "test", Requests.Produce("t", Requests.Batch(new string('x', 700_000))));
        return frame;
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
