namespace Broker;

/// <summary>A topic at one moment, for operators.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Made with the topic and never used again.</param>
/// <param name="IsInternal">Kept by the broker for itself.</param>
/// <param name="Partitions">In order of their number.</param>
public sealed record TopicDescription(string Name, Guid Id, bool IsInternal, IReadOnlyList<PartitionDescription> Partitions);

/// <summary>A partition at one moment. Of one that is offline nothing is known: its offsets are -1 and its size 0.</summary>
/// <param name="Partition">Its number.</param>
/// <param name="IsOnline">Whether its log could be opened.</param>
/// <param name="IsReadOnly">Whether a failed write keeps it from taking more until a restart.</param>
/// <param name="LogStartOffset">Offset of its first record.</param>
/// <param name="LogEndOffset">Offset of its next record.</param>
/// <param name="FlushedOffset">Every record below is on disk.</param>
/// <param name="SizeInBytes">Of its segments.</param>
public sealed record PartitionDescription(
    int Partition, bool IsOnline, bool IsReadOnly, long LogStartOffset, long LogEndOffset, long FlushedOffset, long SizeInBytes);
