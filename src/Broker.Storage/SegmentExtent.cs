namespace Broker.Storage;

/// <param name="SizeInBytes">Whole batches, from the file's first byte.</param>
/// <param name="EndOffset">Offset of the record after the last of them.</param>
internal readonly record struct SegmentExtent(int SizeInBytes, long EndOffset);
