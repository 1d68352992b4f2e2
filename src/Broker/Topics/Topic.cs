using System.Diagnostics.CodeAnalysis;

namespace Broker.Topics;

/// <summary>A topic as it stands; a change of settings or partitions makes a new one. Partitions are shared between both.</summary>
internal sealed record Topic(string Name, Guid Id, TopicConfig Config, IReadOnlyList<Partition> Partitions)
{
    /// <summary>Partitions from this one on may have no log yet; null when all have.</summary>
    public int? CreatingFrom { get; init; }

    public bool IsInternal => TopicName.IsInternal(Name);

    public bool TryGetPartition(int index, [NotNullWhen(true)] out Partition? partition)
    {
        partition = index >= 0 && index < Partitions.Count ? Partitions[index] : null;
        return partition is not null;
    }
}
