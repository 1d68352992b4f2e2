using Broker.Protocol.Messages;

namespace Conformance.ByteByByte;

/// <summary>Producing, fetching and finding offsets. From version 13 on Produce and Fetch name topics by their ids.</summary>
internal static class RecordExchanges
{
    private static readonly Guid NoSuchId = new("22222222-2222-2222-2222-222222222222");

    public static IEnumerable<Exchange> All =>
    [
        Exchange.Of<ProduceRequest, ProduceResponse>("a batch", (side, version) => Produce(side, version, Side.Records(), partition: 1)),
        Exchange.Of<ProduceRequest, ProduceResponse>("a broken batch", (side, version) => Produce(side, version, Broken())),
        Exchange.Of<ProduceRequest, ProduceResponse>("an empty batch", (side, version) => Produce(side, version, [])),
        Exchange.Of<ProduceRequest, ProduceResponse>("to an unknown topic", (side, version) => Produce(side, version, Side.Records(), topic: "none")),
        Exchange.Of<ProduceRequest, ProduceResponse>("to an unknown partition", (side, version) => Produce(side, version, Side.Records(), partition: 9)),
        Exchange.Of<ProduceRequest, ProduceResponse>("with acks 2", (side, version) => Produce(side, version, Side.Records(), acks: 2)),

        Exchange.Of<FetchRequest, FetchResponse>("from the beginning", (side, version) => Fetch(side, version, 0)),
        Exchange.Of<FetchRequest, FetchResponse>("with read_committed", (side, version) => Fetch(side, version, 0, isolation: 1)),
        Exchange.Of<FetchRequest, FetchResponse>("from the end", (side, version) => Fetch(side, version, 3)),
        Exchange.Of<FetchRequest, FetchResponse>("behind the end", (side, version) => Fetch(side, version, 4)),
        Exchange.Of<FetchRequest, FetchResponse>("of an unknown topic", (side, version) => Fetch(side, version, 0, topic: "none")),
        Exchange.Of<FetchRequest, FetchResponse>("of an unknown partition", (side, version) => Fetch(side, version, 0, partition: 9)),
        Exchange.Of<FetchRequest, FetchResponse>("in a later epoch", (side, version) => Fetch(side, version, 0, epoch: 100), from: 9),
        Exchange.Of<FetchRequest, FetchResponse>("of nothing", (_, _) => new() { MaxBytes = 1000 }),

        .. new long[] { -1, -2, -3, -4, -5, -6, -7, 0, 2_500, 9_999 }.Select(time =>
            Exchange.Of<ListOffsetsRequest, ListOffsetsResponse>($"at {time}", (_, _) => ListOffsets(time))),
        Exchange.Of<ListOffsetsRequest, ListOffsetsResponse>("of an unknown topic", (_, _) => ListOffsets(-1, topic: "none")),
        Exchange.Of<ListOffsetsRequest, ListOffsetsResponse>("of an unknown partition", (_, _) => ListOffsets(-1, partition: 9)),
        Exchange.Of<ListOffsetsRequest, ListOffsetsResponse>("in a later epoch", (_, _) => ListOffsets(-1, epoch: 100), from: 4),
        Exchange.Of<ListOffsetsRequest, ListOffsetsResponse>("of an empty partition", (_, _) => ListOffsets(-2, topic: "numbers", partition: 0)),

        .. new[] { 0, 100 }.Select(epoch =>
            Exchange.Of<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>($"the end of epoch {epoch}", (_, _) => EndOf(epoch))),
        Exchange.Of<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>("of an unknown topic", (_, _) => EndOf(0, topic: "none")),
        Exchange.Of<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>("in a later epoch", (_, _) => EndOf(0, current: 100)),
    ];

    private static ProduceRequest Produce(Side side, short version, byte[] records, string topic = Side.Topic, int partition = 0, short acks = -1)
    {
        var request = Side.Produce(topic, records, partition);
        request.Acks = acks;
        if (version >= 13)
            request.TopicData[0].TopicId = topic == Side.Topic ? side.TopicId : NoSuchId;
        return request;
    }

    private static byte[] Broken()
    {
        var records = Side.Records();
        records[^1] ^= 1;
        return records;
    }

    private static FetchRequest Fetch(Side side, short version, long offset, string topic = Side.Topic, int partition = 0, sbyte isolation = 0, int epoch = -1) => new()
    {
        MaxBytes = 1 << 20,
        MaxWaitMs = 0,
        IsolationLevel = isolation,
        Topics =
        [
            new()
            {
                Topic = topic,
                TopicId = version < 13 ? Guid.Empty : topic == Side.Topic ? side.TopicId : NoSuchId,
                Partitions = [new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = 1 << 20, CurrentLeaderEpoch = epoch }],
            },
        ],
    };

    private static ListOffsetsRequest ListOffsets(long time, string topic = Side.Topic, int partition = 0, int epoch = -1) => new()
    {
        ReplicaId = -1,
        Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = partition, Timestamp = time, CurrentLeaderEpoch = epoch }] }],
        TimeoutMs = 30_000,
    };

    private static OffsetForLeaderEpochRequest EndOf(int epoch, string topic = Side.Topic, int current = -1) => new()
    {
        ReplicaId = -1,
        Topics = [new() { Topic = topic, Partitions = [new() { Partition = 0, CurrentLeaderEpoch = current, LeaderEpoch = epoch }] }],
    };
}
