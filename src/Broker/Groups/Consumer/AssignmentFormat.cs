using Broker.Protocol;

namespace Broker.Groups.Consumer;

/// <summary>
/// The partitions of one topic inside a stored assignment; of a current one with the epoch each was given in, which Kafka keeps in
/// a tagged field since 4.3.
/// </summary>
internal readonly struct AssignmentFormat(Guid topicId, IReadOnlyList<int> partitions, IReadOnlyList<int>? epochs) : IMessage<AssignmentFormat>
{
    private const uint EpochsTag = 0;

    private readonly Guid _topicId = topicId;
    private readonly IReadOnlyList<int> _partitions = partitions;
    private readonly IReadOnlyList<int>? _epochs = epochs;

    public static IReadOnlyList<AssignmentFormat> Group(IEnumerable<TopicIdPartition> partitions) =>
        [.. partitions.GroupBy(p => p.TopicId).Select(topic => new AssignmentFormat(topic.Key, [.. topic.Select(p => p.Partition)], null))];

    public static IReadOnlyList<AssignmentFormat> Group(IEnumerable<HeldPartition> partitions) =>
    [
        .. partitions.GroupBy(held => held.Partition.TopicId).Select(topic => new AssignmentFormat(
            topic.Key, [.. topic.Select(held => held.Partition.Partition)], [.. topic.Select(held => held.Epoch)])),
    ];

    public static ValueSet<TopicIdPartition> Partitions(IReadOnlyList<AssignmentFormat> topics) =>
        ValueSet<TopicIdPartition>.Of(topics.SelectMany(topic => topic._partitions.Select(p => new TopicIdPartition(topic._topicId, p))));

    /// <param name="topics">As read.</param>
    /// <param name="memberEpoch">For partitions stored without an epoch: none was given later than the member's.</param>
    public static ValueSet<HeldPartition> Held(IReadOnlyList<AssignmentFormat> topics, int memberEpoch) =>
        ValueSet<HeldPartition>.Of(topics.SelectMany(topic => topic._partitions.Select((p, i) => new HeldPartition(
            new TopicIdPartition(topic._topicId, p), topic._epochs?.Count > i ? topic._epochs[i] : memberEpoch))));

    public static AssignmentFormat Read(ref ProtocolReader reader, short version)
    {
        var topicId = reader.ReadUuid();
        var partitions = reader.ReadInt32Array();
        IReadOnlyList<int>? epochs = null;
        for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
        {
            if (reader.ReadTag(out var end) == EpochsTag)
                epochs = reader.ReadNullableInt32Array();
            reader.EndTag(end);
        }

        return new AssignmentFormat(topicId, partitions, epochs);
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteUuid(_topicId);
        writer.WriteInt32Array(_partitions);
        writer.WriteTagCount(_epochs is null ? 0 : 1);
        if (_epochs is null)
            return;
        var start = writer.BeginTag(EpochsTag);
        writer.WriteInt32Array(_epochs);
        writer.EndTag(start);
    }
}
