using System.Buffers.Binary;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Conformance.Support;

namespace Conformance;

/// <summary>What Apache Kafka answers to batches that a well-behaved client never sends.</summary>
public class ProduceAnswerTests(TestBroker broker)
{
    public static TheoryData<string, byte[], ErrorCode> BadBatches => new()
    {
        { "no records", [], ErrorCode.InvalidRecord },
        { "wrong checksum", Changed(batch => batch[^1] ^= 1, fixCrc: false), ErrorCode.CorruptMessage },
        { "unknown magic", Changed(batch => batch[16] = 3), ErrorCode.CorruptMessage },
        { "length below a header", Changed(batch => BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), 10), fixCrc: false), ErrorCode.CorruptMessage },
        { "negative length", Changed(batch => BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), -1), fixCrc: false), ErrorCode.CorruptMessage },
        { "length beyond the records", Changed(batch => BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), 10_000), fixCrc: false), ErrorCode.InvalidRecord },
        { "count above the records", Changed(batch => batch[60]++), ErrorCode.InvalidRecord },
        { "last offset delta beside the count", Changed(batch => batch[26]++), ErrorCode.InvalidRecord },
        { "two batches", [.. Batch(), .. Batch()], ErrorCode.InvalidRecord },
        { "control batch", new RecordBatchBuilder { IsControl = true }.Add(1, [0, 0, 0, 0], null).Build(), ErrorCode.InvalidRecord },
        { "unknown codec", Changed(batch => batch[22] = 7), ErrorCode.UnknownServerError },
        { "gzip that is none", Changed(batch => batch[22] = 1), ErrorCode.UnknownServerError },
        { "producer id without a sequence", new RecordBatchBuilder { ProducerId = 5, ProducerEpoch = 0 }.Add(1, null, [1]).Build(), ErrorCode.InvalidRecord },
    };

    [Theory]
    [MemberData(nameof(BadBatches))]
    public async Task a_bad_batch_gets_its_error_and_leaves_nothing(string what, byte[] records, ErrorCode error)
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var answer = await ProduceAsync(client, topic, records);

        Assert.Equal($"{what}: {error}", $"{what}: {answer.ErrorCode}");
        Assert.Equal(0, (await ProduceAsync(client, topic, Batch())).BaseOffset);
    }

    [Fact]
    public async Task one_of_the_last_five_batches_gets_its_old_offset_and_an_older_one_is_out_of_order()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var producer = await InitProducerAsync(client);
        for (var i = 0; i < 6; i++)
            Assert.Equal(2 * i, (await ProduceAsync(client, topic, Sequenced(producer, 2 * i))).BaseOffset);

        var lastBut4 = await ProduceAsync(client, topic, Sequenced(producer, 2));
        var lastBut5 = await ProduceAsync(client, topic, Sequenced(producer, 0));

        Assert.Equal((ErrorCode.None, 2L), (lastBut4.ErrorCode, lastBut4.BaseOffset));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, lastBut5.ErrorCode);
        Assert.Equal(12, (await ProduceAsync(client, topic, Sequenced(producer, 12))).BaseOffset);
    }

    [Fact]
    public async Task a_gap_and_a_lower_epoch_are_refused_and_a_new_epoch_starts_at_zero()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var producer = await InitProducerAsync(client);
        await ProduceAsync(client, topic, Sequenced(producer, 0));

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await ProduceAsync(client, topic, Sequenced(producer, 5))).ErrorCode);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, (await ProduceAsync(client, topic, Sequenced(producer, 2, epoch: 1))).ErrorCode);
        Assert.Equal(ErrorCode.None, (await ProduceAsync(client, topic, Sequenced(producer, 0, epoch: 1))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, (await ProduceAsync(client, topic, Sequenced(producer, 2, epoch: 0))).ErrorCode);
    }

    [Theory]
    [InlineData(6, ErrorCode.UnsupportedCompressionType)]
    [InlineData(7, ErrorCode.None)]
    public async Task zstd_needs_version_7(short version, ErrorCode error)
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var batch = new RecordBatchBuilder(CompressionType.Zstd).Add(1, null, new byte[100]).Build();

        Assert.Equal(error, (await ProduceAsync(client, topic, batch, version: version)).ErrorCode);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public async Task acks_are_0_1_or_all(short acks)
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(ErrorCode.InvalidRequiredAcks, (await ProduceAsync(client, topic, Batch(), acks)).ErrorCode);
    }

    [Fact]
    public async Task a_missing_topic_or_partition_is_unknown()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await ProduceAsync(client, TestBroker.NewName("missing"), Batch())).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await ProduceAsync(client, topic, Batch(), partition: 1)).ErrorCode);
    }

    [Fact]
    public async Task a_compacted_topic_names_the_record_without_a_key()
    {
        var topic = await broker.NewTopicAsync(configs: new() { ["cleanup.policy"] = "compact" });
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var batch = new RecordBatchBuilder().Add(1, [1], [1]).Add(2, null, [2]).Build();

        var answer = await ProduceAsync(client, topic, batch);

        Assert.Equal(ErrorCode.InvalidRecord, answer.ErrorCode);
        Assert.Equal(1, Assert.Single(answer.RecordErrors).BatchIndex);
    }

    [Fact]
    public async Task timestamps_too_far_from_the_clock_are_named_one_by_one()
    {
        var topic = await broker.NewTopicAsync(configs: new() { ["message.timestamp.before.max.ms"] = "3600000" });
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var batch = new RecordBatchBuilder().Add(now, [1], [1]).Add(now + 7_200_000, [1], [1]).Add(-1, [1], [1]).Add(now - 7_200_000, [1], [1]).Build();

        var answer = await ProduceAsync(client, topic, batch);

        Assert.Equal(ErrorCode.InvalidTimestamp, answer.ErrorCode);
        Assert.Equal([1, 3], answer.RecordErrors.Select(e => e.BatchIndex));
        Assert.Equal(ErrorCode.None, (await ProduceAsync(client, topic, new RecordBatchBuilder().Add(now - 3_000_000, [1], [1]).Add(now + 3_000_000, [1], [1]).Build())).ErrorCode);
    }

    [Fact]
    public async Task a_topic_that_stamps_records_itself_takes_any_timestamp()
    {
        var topic = await broker.NewTopicAsync(configs: new() { ["message.timestamp.type"] = "LogAppendTime", ["message.timestamp.before.max.ms"] = "1" });
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(ErrorCode.None, (await ProduceAsync(client, topic, new RecordBatchBuilder().Add(1000, [1], [1]).Build())).ErrorCode);
    }

    [Fact]
    public async Task append_time_of_the_topic_comes_back_with_the_answer()
    {
        var topic = await broker.NewTopicAsync(configs: new() { ["message.timestamp.type"] = "LogAppendTime" });
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.NotEqual(-1, (await ProduceAsync(client, topic, Batch())).LogAppendTimeMs);
    }

    private static async Task<(long Id, short Epoch)> InitProducerAsync(RawClient client)
    {
        var answer = await client.AskAsync<InitProducerIdRequest, InitProducerIdResponse>(new() { TransactionTimeoutMs = 1000 }, version: 4);
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        return (answer.ProducerId, answer.ProducerEpoch);
    }

    private static async Task<ProduceResponse.PartitionProduceResponse> ProduceAsync(
        RawClient client, string topic, byte[] records, short acks = -1, short version = 9, int partition = 0)
    {
        var request = new ProduceRequest
        {
            Acks = acks,
            TimeoutMs = 30_000,
            TopicData = [new() { Name = topic, PartitionData = [new() { Index = partition, Records = records }] }],
        };
        var answer = await client.AskAsync<ProduceRequest, ProduceResponse>(request, version);
        return Assert.Single(Assert.Single(answer.Responses).PartitionResponses);
    }

    private static byte[] Batch() => new RecordBatchBuilder().Add(1_700_000_000_000, [1], [2, 3]).Add(1_700_000_000_001, [4], [5]).Build();

    private static byte[] Sequenced((long Id, short Epoch) producer, int sequence, short epoch = 0) =>
        new RecordBatchBuilder { ProducerId = producer.Id, ProducerEpoch = (short)(producer.Epoch + epoch), BaseSequence = sequence }
            .Add(1_700_000_000_000, [1], [2, 3]).Add(1_700_000_000_001, [4], [5]).Build();

    private static byte[] Changed(Action<byte[]> change, bool fixCrc = true)
    {
        var batch = Batch();
        change(batch);
        if (fixCrc)
            BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(17), Crc32C.Compute(batch.AsSpan(RecordBatchHeader.ChecksumStart)));
        return batch;
    }
}
