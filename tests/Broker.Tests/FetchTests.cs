using System.Diagnostics.Metrics;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests;

public sealed class FetchTests
{
    [Fact]
    public async Task an_append_wakes_a_long_poll()
    {
        // The clock stands still: only the append can end the wait.
        await using var broker = await TestBroker.StartAsync(time: new FakeTimeProvider());
        var reader = await broker.ConnectAsync();
        var writer = await broker.ConnectAsync();
        await writer.CreateTopicAsync("t");

        var poll = await reader.SendAsync(Requests.Fetch("t", 0, maxWaitMs: 500), Requests.FetchVersion);
        await writer.ProduceAsync("t", Requests.Batch("a"));

        Assert.Equal(["0:a"], Requests.Only(await reader.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Requests.FetchVersion, poll)).Records());
    }

    [Fact]
    public async Task a_long_poll_ends_with_its_time_and_without_records()
    {
        var time = new FakeTimeProvider();
        await using var broker = await TestBroker.StartAsync(time: time);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        var poll = await client.SendAsync(Requests.Fetch("t", 0, maxWaitMs: 500), Requests.FetchVersion);
        await broker.WaitForLongPollAsync("t");
        time.Advance(TimeSpan.FromMilliseconds(500));

        var fetched = Requests.Only(await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Requests.FetchVersion, poll));
        Assert.Equal((ErrorCode.None, 0L, 0), (fetched.ErrorCode, fetched.HighWatermark, fetched.Records.Length));
    }

    [Fact]
    public async Task a_long_poll_waits_for_min_bytes()
    {
        await using var broker = await TestBroker.StartAsync(time: new FakeTimeProvider());
        var reader = await broker.ConnectAsync();
        var writer = await broker.ConnectAsync();
        await writer.CreateTopicAsync("t");
        var batch = Requests.Batch("a");

        var poll = await reader.SendAsync(Requests.Fetch("t", 0, maxWaitMs: 500, minBytes: 2 * batch.Length), Requests.FetchVersion);
        await writer.ProduceAsync("t", Requests.Batch("a"));
        await writer.ProduceAsync("t", Requests.Batch("b"));

        Assert.Equal(["0:a", "1:b"], Requests.Only(await reader.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Requests.FetchVersion, poll)).Records());
    }

    [Fact]
    public async Task the_first_batch_comes_whole_whatever_the_limits()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", Requests.Batch("a", "b", "c"));
        await client.ProduceAsync("t", Requests.Batch("d"));

        Assert.Equal(["0:a", "1:b", "2:c"], (await client.FetchAsync(Requests.Fetch("t", 0, maxBytes: 1))).Records());
        Assert.Equal(["0:a", "1:b", "2:c"], (await client.FetchAsync(Requests.Fetch("t", 1, partitionMaxBytes: 1))).Records());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public async Task an_offset_outside_the_log_is_refused(long offset)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", Requests.Batch("a"));

        var refused = await client.FetchAsync(Requests.Fetch("t", offset, maxWaitMs: 60_000));

        Assert.Equal((ErrorCode.OffsetOutOfRange, 0), (refused.ErrorCode, refused.Records.Length));
    }

    [Fact]
    public async Task a_client_that_claims_to_be_a_replica_is_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", Requests.Batch("a"));

        var request = Requests.Fetch("t", 0);
        request.ReplicaId = 2;

        var refused = await client.FetchAsync(request);
        Assert.Equal((ErrorCode.TopicAuthorizationFailed, 0), (refused.ErrorCode, refused.Records.Length));
    }

    [Fact]
    public async Task an_old_leader_epoch_is_fenced_after_a_restart_and_its_end_is_known()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", Requests.Batch("a", "b"));
        await broker.RestartAsync();
        client = await broker.ConnectAsync();
        await client.ProduceAsync("t", Requests.Batch("c"));

        var request = Requests.Fetch("t", 0);
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = 0;
        Assert.Equal(ErrorCode.FencedLeaderEpoch, (await client.FetchAsync(request)).ErrorCode);

        Assert.Equal((0, 2L), await EndOfEpochAsync(client, 0));
        Assert.Equal((1, 3L), await EndOfEpochAsync(client, 1));
        Assert.Equal((-1, -1L), await EndOfEpochAsync(client, 2));
    }

    [Fact]
    public async Task records_are_sent_by_the_kernel_on_linux_and_arrive_as_stored()
    {
        await using var broker = await TestBroker.StartAsync();
        long byKernel = 0, byCopy = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter == broker.Server.Metrics.Meter && instrument.Name == "broker.fetch.bytes")
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, bytes, tags, _) =>
            Interlocked.Add(ref tags[0].Value is "sendfile" ? ref byKernel : ref byCopy, bytes));
        listener.Start();

        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var sent = new List<byte>();
        for (var i = 0; i < 40; i++)
        {
            var batch = Requests.Batch(new string((char)('a' + i % 26), 200_000));
            RecordBatch.SetBaseOffset(batch, i, 0);
            sent.AddRange(batch);
            await client.ProduceAsync("t", batch);
        }

        // More than a socket's buffers hold, so that the sender also has to wait for the reader.
        var id = await client.SendAsync(Requests.Fetch("t", 0, maxBytes: 50_000_000, partitionMaxBytes: 50_000_000), Requests.FetchVersion);
        var fetched = Requests.Only(await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Requests.FetchVersion, id));

        Assert.True(fetched.Records.Bytes.Span.SequenceEqual(sent.ToArray()));
        Assert.Equal(sent.Count, byKernel + byCopy);
        if (OperatingSystem.IsLinux())
            Assert.InRange(byCopy, 0, byKernel / 4);
    }

    private static async Task<(int, long)> EndOfEpochAsync(KafkaClient client, int epoch)
    {
        var response = await client.AskAsync<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(
            new OffsetForLeaderEpochRequest
            {
                Topics =
                [
                    new OffsetForLeaderEpochRequest.OffsetForLeaderTopic
                    {
                        Topic = "t",
                        Partitions = [new OffsetForLeaderEpochRequest.OffsetForLeaderPartition { LeaderEpoch = epoch }],
                    },
                ],
            },
            4);
        var end = response.Topics[0].Partitions[0];
        return (end.LeaderEpoch, end.EndOffset);
    }
}
