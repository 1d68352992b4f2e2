namespace MassTransit;

/// <summary>A partition of a log's topic.</summary>
/// <param name="Topic">The topic's name on the broker.</param>
/// <param name="Partition">From 0.</param>
public readonly record struct RecordPartition(string Topic, int Partition);

/// <summary>Where a message lies in its log.</summary>
/// <param name="Partition">The topic and partition it was read from.</param>
/// <param name="Offset">Its offset there, from 0.</param>
public readonly record struct RecordPosition(RecordPartition Partition, long Offset);
