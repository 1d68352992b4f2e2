namespace Broker.Storage.Compaction;

/// <summary>How much of a log compaction could look at now.</summary>
/// <param name="FirstDirtyOffset">Records below were compacted before.</param>
/// <param name="EndOffset">Offset after the last record that may be compacted.</param>
/// <param name="CleanBytes">In segments that were compacted before.</param>
/// <param name="DirtyBytes">In segments that would be compacted for the first time.</param>
/// <param name="DelayMs">For how long the oldest dirty record is past <c>max.compaction.lag.ms</c>, in milliseconds; 0 when none is.</param>
/// <param name="IsDue">Dirty enough, or delayed for too long.</param>
public readonly record struct CompactionStatus(
    long FirstDirtyOffset, long EndOffset, long CleanBytes, long DirtyBytes, long DelayMs, bool IsDue)
{
    /// <summary>Dirty bytes in proportion to all that may be compacted, 0 to 1.</summary>
    public double DirtyRatio => DirtyBytes == 0 ? 0 : (double)DirtyBytes / (CleanBytes + DirtyBytes);
}
