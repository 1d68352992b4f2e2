namespace Broker.Topics;

/// <summary>The partition's log could not be opened at start, or its topic was deleted meanwhile.</summary>
internal sealed class PartitionOfflineException(Partition partition) : IOException($"Partition {partition} is offline.");
