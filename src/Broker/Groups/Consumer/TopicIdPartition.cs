namespace Broker.Groups.Consumer;

/// <summary>A partition by its topic's id, as the consumer protocol names it: a topic made again under an old name is another topic.</summary>
internal readonly record struct TopicIdPartition(Guid TopicId, int Partition) : IComparable<TopicIdPartition>
{
    public int CompareTo(TopicIdPartition other) =>
        TopicId.CompareTo(other.TopicId) is var order and not 0 ? order : Partition.CompareTo(other.Partition);
}
