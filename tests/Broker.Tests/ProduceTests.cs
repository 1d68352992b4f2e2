using System.Text;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Storage;
using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;
using Broker.Tests.Support;

namespace Broker.Tests;

public sealed class ProduceTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task an_acknowledged_batch_can_be_fetched(short acks)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        var produced = await client.ProduceAsync("t", Requests.Batch("a", "b"), acks);

        Assert.Equal((ErrorCode.None, 0L, 0L), (produced.ErrorCode, produced.BaseOffset, produced.LogStartOffset));
        Assert.Equal(["0:a", "1:b"], (await client.FetchAsync(Requests.Fetch("t", 0))).Records());
    }

    [Fact]
    public async Task acks_all_is_answered_when_the_records_are_on_disk_and_acks_1_does_not_wait()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var log = broker.Server.Topics.FindPartition("t", 0)!.Log!;

        for (var end = 1; end <= 50; end++)
        {
            await client.ProduceAsync("t", Requests.Batch("a"), acks: -1);
            Assert.Equal(end, log.FlushedOffset);
        }

        await client.ProduceAsync("t", Requests.Batch("a"), acks: 1);
        Assert.Equal((50, 51), (log.FlushedOffset, log.LogEndOffset));
    }

    [Fact]
    public async Task acks_all_does_not_wait_for_the_disk_where_the_topic_allows_write_caching()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 1, ("write.caching", "true"));
        var log = broker.Server.Topics.FindPartition("t", 0)!.Log!;

        await client.ProduceAsync("t", Requests.Batch("a"), acks: -1);

        Assert.Equal((0, 1), (log.FlushedOffset, log.LogEndOffset));
    }

    [Fact]
    public async Task acks_0_gets_no_answer()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        await client.SendAsync(Requests.Produce("t", Requests.Batch("a"), acks: 0), Requests.ProduceVersion);
        var fetched = await client.FetchAsync(Requests.Fetch("t", 0));

        Assert.Equal(["0:a"], fetched.Records());
    }

    [Fact]
    public async Task a_failure_under_acks_0_closes_the_connection()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Produce("missing", Requests.Batch("a"), acks: 0), Requests.ProduceVersion);

        Assert.Null(await client.ReceiveFrameAsync());
    }

    [Fact]
    public async Task an_idempotent_batch_sent_again_keeps_its_old_offset()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var id = (await client.AskAsync<InitProducerIdRequest, InitProducerIdResponse>(new InitProducerIdRequest(), 4)).ProducerId;

        Assert.Equal(0, (await client.ProduceAsync("t", Sequenced(id, 0, "a", "b"))).BaseOffset);
        Assert.Equal(2, (await client.ProduceAsync("t", Sequenced(id, 2, "c"))).BaseOffset);
        var again = await client.ProduceAsync("t", Sequenced(id, 0, "a", "b"));

        Assert.Equal((ErrorCode.None, 0L), (again.ErrorCode, again.BaseOffset));
        Assert.Equal(["0:a", "1:b", "2:c"], (await client.FetchAsync(Requests.Fetch("t", 0))).Records());
    }

    [Fact]
    public async Task a_gap_in_the_sequence_is_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        await client.ProduceAsync("t", Sequenced(7, 0, "a"));

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await client.ProduceAsync("t", Sequenced(7, 5, "b"))).ErrorCode);
    }

    [Fact]
    public async Task producer_ids_never_repeat_over_restarts()
    {
        await using var broker = await TestBroker.StartAsync();
        var ids = new HashSet<long>();
        for (var start = 0; start < 3; start++)
        {
            var client = await broker.ConnectAsync();
            for (var i = 0; i < 3; i++)
                Assert.True(ids.Add((await client.AskAsync<InitProducerIdRequest, InitProducerIdResponse>(new InitProducerIdRequest(), 5)).ProducerId));
            await broker.RestartAsync();
        }
    }

    [Fact]
    public async Task a_batch_larger_than_the_topic_takes_is_refused()
    {
        await using var broker = await TestBroker.StartAsync(o => o.MessageMaxBytes = 200);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        Assert.Equal(ErrorCode.MessageTooLarge, (await client.ProduceAsync("t", Requests.Batch(new string('x', 300)))).ErrorCode);
        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", Requests.Batch("x"))).ErrorCode);
    }

    [Fact]
    public async Task a_compacted_topic_refuses_a_record_without_key_and_says_which()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 1, ("cleanup.policy", "compact"));

        var batch = new RecordBatchBuilder().Add(1, [1], [1]).Add(1, null, [1]).Build();
        var refused = await client.ProduceAsync("t", batch);

        Assert.Equal(ErrorCode.InvalidRecord, refused.ErrorCode);
        Assert.Equal(1, Assert.Single(refused.RecordErrors).BatchIndex);
        Assert.Empty((await client.FetchAsync(Requests.Fetch("t", 0))).Records());
    }

    [Fact]
    public async Task a_wrong_largest_timestamp_is_put_right()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var batch = new RecordBatchBuilder().Add(1_000, [1], [1]).Add(3_000, [1], [1]).Add(2_000, [1], [1]).Build();
        RecordBatch.SetTimestamps(batch, TimestampType.CreateTime, 9_000);

        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", batch)).ErrorCode);
        var stored = (await client.FetchAsync(Requests.Fetch("t", 0))).Records.Bytes.Span;

        Assert.True(RecordBatch.IsIntact(stored, out var header));
        Assert.Equal(3_000, header.MaxTimestamp);
        var latest = await client.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(Requests.ListOffsets("t", 3_001), 1);
        Assert.Equal(-1, latest.Topics[0].Partitions[0].Offset);
    }

    [Fact]
    public async Task a_full_disk_under_load_is_said_once_and_recovers_by_itself()
    {
        var disk = new FaultyDisk(new MemoryDisk());
        await using var broker = await TestBroker.StartAsync(disk: disk);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", Requests.Batch("before"));

        disk.Fail(DiskFaults.FullDisk(bytesWritten: 10));
        for (var i = 0; i < 50; i++)
            Assert.Equal(ErrorCode.KafkaStorageError, (await client.ProduceAsync("t", Requests.Batch("refused"), acks: i % 2 == 0 ? (short)-1 : (short)1)).ErrorCode);
        disk.Heal();
        for (var i = 0; i < 3; i++)
            Assert.Equal(1 + i, (await client.ProduceAsync("t", Requests.Batch("after"))).BaseOffset);

        Assert.Equal(["0:before", "1:after", "2:after", "3:after"], (await client.FetchAsync(Requests.Fetch("t", 0))).Records());
        var told = broker.Log.Lines.Where(l => !l.StartsWith("Information", StringComparison.Ordinal) && !l.StartsWith("Debug", StringComparison.Ordinal));
        Assert.Contains("No space is left", Assert.Single(told), StringComparison.Ordinal);
        Assert.Single(broker.Log.Lines, l => l.Contains("space again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_failed_write_under_load_is_said_once()
    {
        var disk = new FaultyDisk(new MemoryDisk());
        await using var broker = await TestBroker.StartAsync(disk: disk);
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        disk.FailWrite(SegmentNames.Log, 1, new IOException("EIO"));
        for (var i = 0; i < 20; i++)
            Assert.Equal(ErrorCode.KafkaStorageError, (await client.ProduceAsync("t", Requests.Batch("refused"))).ErrorCode);

        var told = broker.Log.Lines.Where(l => l.StartsWith("Error", StringComparison.Ordinal) || l.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Contains("read-only from now on", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_damaged_batch_is_corrupt_and_two_batches_are_invalid()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        var damaged = Requests.Batch("a");
        damaged[^1] ^= 1;
        Assert.Equal(ErrorCode.CorruptMessage, (await client.ProduceAsync("t", damaged)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRecord, (await client.ProduceAsync("t", [.. Requests.Batch("a"), .. Requests.Batch("b")])).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRecord, (await client.ProduceAsync("t", [])).ErrorCode);
    }

    [Theory]
    [InlineData("missing", 0, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("t", 1, ErrorCode.UnknownTopicOrPartition)]
    [InlineData("t", -1, ErrorCode.UnknownTopicOrPartition)]
    public async Task an_unknown_partition_is_refused(string topic, int partition, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");

        Assert.Equal(error, (await client.ProduceAsync(topic, Requests.Batch("a"), partition: partition)).ErrorCode);
    }

    [Fact]
    public async Task log_append_time_replaces_the_producers_and_is_told()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t", 1, ("message.timestamp.type", "LogAppendTime"));

        var produced = await client.ProduceAsync("t", Requests.Batch("a"));
        var fetched = await client.FetchAsync(Requests.Fetch("t", 0));

        Assert.True(produced.LogAppendTimeMs > 1_000);
        Assert.True(RecordBatch.IsIntact(fetched.Records.Bytes.Span, out var header));
        Assert.Equal(produced.LogAppendTimeMs, header.MaxTimestamp);
    }

    private static byte[] Sequenced(long producerId, int sequence, params string[] values)
    {
        var builder = new RecordBatchBuilder { ProducerId = producerId, ProducerEpoch = 0, BaseSequence = sequence };
        foreach (var value in values)
            builder.Add(1, [1], Encoding.UTF8.GetBytes(value));
        return builder.Build();
    }
}
