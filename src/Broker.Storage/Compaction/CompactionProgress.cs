namespace Broker.Storage.Compaction;

/// <summary>How far compaction has got in a log. Kept in its checkpoint.</summary>
/// <param name="FirstDirtyOffset">Records below were compacted.</param>
/// <param name="SparseBelow">Segments that begin below may have gaps between their batches; on disk before the first of them has one.</param>
internal sealed record CompactionProgress(long FirstDirtyOffset, long SparseBelow)
{
    public static CompactionProgress None { get; } = new(0, 0);
}
