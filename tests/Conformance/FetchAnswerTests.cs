using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Conformance.Support;

namespace Conformance;

/// <summary>What Apache Kafka answers at the edges of Fetch, ListOffsets, OffsetForLeaderEpoch and DeleteRecords.</summary>
public class FetchAnswerTests(TestBroker broker)
{
    private const long Earliest = -2;
    private const long Latest = -1;
    private const long MaxTimestamp = -3;
    private const long EarliestLocal = -4;
    private const long LatestTiered = -5;
    private const long EarliestPendingUpload = -6;

    [Fact]
    public async Task the_first_batch_comes_whole_however_small_the_limit()
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 50);
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var partition = await FetchAsync(client, topic, offset: 0, maxBytes: 1);

        Assert.True(RecordBatchHeader.TryRead(partition.Records.Bytes.Span, out var header));
        Assert.Equal(header.SizeInBytes, partition.Records.Length);
        Assert.Equal(50, partition.HighWatermark);
    }

    [Fact]
    public async Task a_fetch_in_the_middle_of_a_batch_gets_that_batch()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var batch = new RecordBatchBuilder().Add(1, null, [0]).Add(2, null, [1]).Add(3, null, [2]).Build();
        await client.AskAsync<ProduceRequest, ProduceResponse>(
            new() { Acks = -1, TimeoutMs = 1000, TopicData = [new() { Name = topic, PartitionData = [new() { Records = batch }] }] }, version: 9);

        var partition = await FetchAsync(client, topic, offset: 2);

        Assert.True(RecordBatchHeader.TryRead(partition.Records.Bytes.Span, out var header));
        Assert.Equal((0L, 3), (header.BaseOffset, header.RecordCount));
    }

    [Theory]
    [InlineData("uncompressed", CompressionType.Zstd, CompressionType.None)]
    [InlineData("gzip", CompressionType.None, CompressionType.Gzip)]
    [InlineData("snappy", CompressionType.Gzip, CompressionType.Snappy)]
    [InlineData("lz4", CompressionType.None, CompressionType.Lz4)]
    [InlineData("zstd", CompressionType.Lz4, CompressionType.Zstd)]
    [InlineData("producer", CompressionType.Snappy, CompressionType.Snappy)]
    public async Task a_topic_with_a_codec_of_its_own_stores_batches_in_it(string setting, CompressionType sent, CompressionType stored)
    {
        var topic = await broker.NewTopicAsync(configs: new() { ["compression.type"] = setting });
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var batch = new RecordBatchBuilder(sent).Add(now, [1], new byte[300]).Add(now + 5, null, [2], new RecordHeader("h", [3])).Build();

        var produced = await client.AskAsync<ProduceRequest, ProduceResponse>(
            new() { Acks = -1, TimeoutMs = 1000, TopicData = [new() { Name = topic, PartitionData = [new() { Records = batch }] }] }, version: 9);
        var fetched = (await FetchAsync(client, topic, offset: 0)).Records.Bytes.Span;

        Assert.Equal(ErrorCode.None, produced.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.True(RecordBatch.IsIntact(fetched, out var header));
        Assert.Equal((stored, 2, now + 5), (header.Compression, header.RecordCount, header.MaxTimestamp));
        using var reader = new RecordReader(fetched);
        Assert.True(reader.Read(out var first) && first.Timestamp == now && first.Value.Length == 300);
        Assert.True(reader.Read(out var second) && second.Timestamp == now + 5 && !second.HasKey && second.ReadHeaders()[0].Key == "h");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    [InlineData(long.MaxValue)]
    public async Task an_offset_outside_the_log_is_out_of_range(long offset)
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 3);
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(ErrorCode.OffsetOutOfRange, (await FetchAsync(client, topic, offset)).ErrorCode);
    }

    [Fact]
    public async Task a_missing_topic_or_partition_is_unknown()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await FetchAsync(client, TestBroker.NewName("missing"), 0)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await FetchAsync(client, topic, 0, partition: 7)).ErrorCode);
    }

    [Fact]
    public async Task a_leader_epoch_from_the_future_is_unknown()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(ErrorCode.UnknownLeaderEpoch, (await FetchAsync(client, topic, 0, leaderEpoch: 1_000_000)).ErrorCode);
    }

    [Fact]
    public async Task aborted_transactions_are_null_unless_committed_records_were_asked_for()
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 1);
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Null((await FetchAsync(client, topic, 0)).AbortedTransactions);
        Assert.Empty((await FetchAsync(client, topic, 0, isolation: 1)).AbortedTransactions!);
    }

    [Theory]
    [InlineData(Earliest, 0)]
    [InlineData(Latest, 3)]
    [InlineData(MaxTimestamp, 1)]
    [InlineData(0, 0)]
    [InlineData(101, 1)]
    [InlineData(1_000, -1)]
    public async Task offsets_are_listed_for_times_and_special_values(long timestamp, long offset)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var topic = await NewTopicWithThreeRecordsAsync(client);

        var listed = await ListOffsetsAsync(client, topic, timestamp, version: 8);

        Assert.Equal((ErrorCode.None, offset), (listed.ErrorCode, listed.Offset));
    }

    [Theory]
    [InlineData(MaxTimestamp, 7, 1)]
    [InlineData(EarliestLocal, 8, 1)]
    [InlineData(LatestTiered, 9, -1)]
    [InlineData(EarliestPendingUpload, 11, -1)]
    public async Task a_special_value_is_known_from_a_version_on(long timestamp, short firstVersion, long offset)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var topic = await NewTopicWithThreeRecordsAsync(client);
        await client.AskAsync<DeleteRecordsRequest, DeleteRecordsResponse>(
            new() { TimeoutMs = 30_000, Topics = [new() { Name = topic, Partitions = [new() { Offset = 1 }] }] }, version: 2);

        var before = await ListOffsetsAsync(client, topic, timestamp, (short)(firstVersion - 1));
        var listed = await ListOffsetsAsync(client, topic, timestamp, firstVersion);

        Assert.Equal((ErrorCode.UnsupportedVersion, -1), (before.ErrorCode, before.Offset));
        Assert.Equal((ErrorCode.None, offset), (listed.ErrorCode, listed.Offset));
    }

    [Fact]
    public async Task the_end_of_the_current_epoch_is_the_end_of_the_log()
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 3);
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var epoch = (await ListOffsetsAsync(client, topic, Latest, version: 8)).LeaderEpoch;

        var answer = await client.AskAsync<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(
            new() { ReplicaId = -1, Topics = [new() { Topic = topic, Partitions = [new() { Partition = 0, CurrentLeaderEpoch = -1, LeaderEpoch = epoch }] }] }, version: 4);

        var end = Assert.Single(Assert.Single(answer.Topics).Partitions);
        Assert.Equal((ErrorCode.None, epoch, 3L), (end.ErrorCode, end.LeaderEpoch, end.EndOffset));
    }

    [Theory]
    [InlineData(2, ErrorCode.None, 4)]
    [InlineData(4, ErrorCode.None, 4)]
    [InlineData(11, ErrorCode.OffsetOutOfRange, -1)]
    [InlineData(-1, ErrorCode.None, 10)]
    [InlineData(-2, ErrorCode.OffsetOutOfRange, -1)]
    public async Task deleting_records_answers_the_start_of_the_log(long before, ErrorCode error, long lowWatermark)
    {
        var topic = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(topic, 10);
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        await DeleteRecordsAsync(client, topic, 4);

        var answer = await DeleteRecordsAsync(client, topic, before);

        Assert.Equal((error, lowWatermark), (answer.ErrorCode, answer.LowWatermark));
    }

    private static async Task<FetchResponse.PartitionData> FetchAsync(
        RawClient client, string topic, long offset, int maxBytes = 1 << 20, int partition = 0, int leaderEpoch = -1, sbyte isolation = 0)
    {
        var request = new FetchRequest
        {
            MinBytes = 1,
            MaxBytes = maxBytes,
            IsolationLevel = isolation,
            Topics = [new() { Topic = topic, Partitions = [new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = maxBytes, CurrentLeaderEpoch = leaderEpoch }] }],
        };
        var answer = await client.AskAsync<FetchRequest, FetchResponse>(request, version: 12);
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        return Assert.Single(Assert.Single(answer.Responses).Partitions);
    }

    /// <summary>In one compressed batch, of times 100, 300 and 200.</summary>
    private async Task<string> NewTopicWithThreeRecordsAsync(RawClient client)
    {
        var topic = await broker.NewTopicAsync();
        var batch = new RecordBatchBuilder(CompressionType.Gzip).Add(100, null, [0]).Add(300, null, [1]).Add(200, null, [2]).Build();
        await client.AskAsync<ProduceRequest, ProduceResponse>(
            new() { Acks = -1, TimeoutMs = 1000, TopicData = [new() { Name = topic, PartitionData = [new() { Records = batch }] }] }, version: 9);
        return topic;
    }

    private static async Task<ListOffsetsResponse.ListOffsetsPartitionResponse> ListOffsetsAsync(RawClient client, string topic, long timestamp, short version)
    {
        var answer = await client.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(
            new() { ReplicaId = -1, Topics = [new() { Name = topic, Partitions = [new() { Timestamp = timestamp }] }] }, version);
        return Assert.Single(Assert.Single(answer.Topics).Partitions);
    }

    private static async Task<DeleteRecordsResponse.DeleteRecordsPartitionResult> DeleteRecordsAsync(RawClient client, string topic, long before)
    {
        var answer = await client.AskAsync<DeleteRecordsRequest, DeleteRecordsResponse>(
            new() { TimeoutMs = 10_000, Topics = [new() { Name = topic, Partitions = [new() { Offset = before }] }] }, version: 2);
        return Assert.Single(Assert.Single(answer.Topics).Partitions);
    }
}
