namespace Broker.Storage.Compaction;

/// <summary>What one compaction of a log did.</summary>
/// <param name="FirstDirtyOffset">Everything below is compacted now.</param>
/// <param name="SegmentsBefore">Segments read.</param>
/// <param name="SegmentsAfter">Segments that stand in their place.</param>
/// <param name="BytesRead">Size of the segments before.</param>
/// <param name="BytesWritten">Their size after.</param>
/// <param name="RecordsRead">Records before.</param>
/// <param name="RecordsWritten">Records after.</param>
/// <param name="BufferUtilization">How full the map of keys became, 0 to 1.</param>
public readonly record struct CompactionResult(
    long FirstDirtyOffset, int SegmentsBefore, int SegmentsAfter, long BytesRead, long BytesWritten, long RecordsRead, long RecordsWritten, double BufferUtilization);
