using System.Diagnostics.Metrics;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Storage;
using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;
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
        var asReplica = Requests.Fetch("t", 0);
        asReplica.ReplicaId = 2;
        var inState = Requests.Fetch("t", 0);
        inState.Topics[0].TopicId = broker.Server.DescribeTopic("t")!.Id;
        inState.ReplicaState = new FetchRequest.FollowerState { ReplicaId = 2 };

        foreach (var (request, version) in new[] { (asReplica, (short)4), (asReplica, (short)14), (inState, (short)15), (inState, (short)18) })
        {
            request.Topics[0].TopicId = broker.Server.DescribeTopic("t")!.Id;
            var refused = Requests.Only(await client.AskAsync<FetchRequest, FetchResponse>(request, version));
            Assert.Equal((ErrorCode.TopicAuthorizationFailed, 0), (refused.ErrorCode, refused.Records.Length));
        }

        // A consumer's state is the absent one, or -1.
        inState.ReplicaState.ReplicaId = -1;
        Assert.Equal(["0:a"], Requests.Only(await client.AskAsync<FetchRequest, FetchResponse>(inState, 15)).Records());
    }

    [Fact]
    public async Task zstd_is_refused_to_fetches_that_cannot_read_it()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var batch = new RecordBatchBuilder(CompressionType.Zstd).Add(1_000, [1], "a"u8.ToArray()).Build();
        await client.ProduceAsync("t", batch);

        var old = Requests.Only(await client.AskAsync<FetchRequest, FetchResponse>(Requests.Fetch("t", 0), 9));
        var able = Requests.Only(await client.AskAsync<FetchRequest, FetchResponse>(Requests.Fetch("t", 0), 10));

        Assert.Equal((76, 0), ((int)old.ErrorCode, old.Records.Length));
        Assert.Equal(["0:a"], able.Records());
    }

    [Fact]
    public async Task a_read_that_fails_is_said_and_keeps_no_file_open()
    {
        var disk = new FaultyDisk(new MemoryDisk());
        await using var broker = await TestBroker.StartAsync(disk: disk);
        var client = await broker.ConnectAsync();
        var open = disk.OpenLogs;
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", Requests.Batch("a"));
        var partition = broker.Server.Topics.FindPartition("t", 0)!;
        partition.Append(new RecordBatchBuilder { ProducerId = 1, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true }.Add(1, [1], [1]).Build());
        partition.AppendMarker(1, 0, commit: false, coordinatorEpoch: 0);

        // Whatever read of the disk it is: finding the batch, looking for zstd, finding the end for the aborted transactions, sending.
        foreach (var version in new short[] { 9, 12 })
        {
            var request = Requests.Fetch("t", 0);
            request.IsolationLevel = 1;
            disk.Forget();
            await client.AskAsync<FetchRequest, FetchResponse>(request, version);
            var reads = disk.Count("read", SegmentNames.Log);
            Assert.True(reads >= 3, $"{reads} reads");
            for (var nth = 1; nth < reads; nth++)
            {
                disk.FailRead(SegmentNames.Log, nth, new IOException("EIO"));
                var answer = Requests.Only(await client.AskAsync<FetchRequest, FetchResponse>(request, version));
                Assert.Equal((ErrorCode.KafkaStorageError, 0), (answer.ErrorCode, answer.Records.Length));
                disk.Heal();
            }

            disk.FailRead(SegmentNames.Log, reads, new IOException("EIO"));
            await Assert.ThrowsAsync<IOException>(() => client.AskAsync<FetchRequest, FetchResponse>(request, version));
            disk.Heal();
            client = await broker.ConnectAsync();
        }

        await broker.Server.Topics.DeleteAsync(broker.Server.DescribeTopic("t")!.Id);
        // The client hears that its connection is cut a moment before the answer is let go.
        while (disk.OpenLogs != open)
            await Task.Yield();
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
