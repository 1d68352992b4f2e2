namespace Broker.Groups.Consumer;

/// <summary>
/// A partition that a member holds, with the epoch in which it was given to it: a commit of that epoch or a later one is good for it,
/// also after the member's own epoch has risen (KIP-1251).
/// </summary>
internal readonly record struct HeldPartition(TopicIdPartition Partition, int Epoch) : IComparable<HeldPartition>
{
    public int CompareTo(HeldPartition other) =>
        Partition.CompareTo(other.Partition) is var order and not 0 ? order : Epoch.CompareTo(other.Epoch);
}
