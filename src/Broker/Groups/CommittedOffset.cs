namespace Broker.Groups;

/// <summary>
/// A position a group has committed. <paramref name="ExpireTimestampMs"/> is -1 unless the client named a retention of its own
/// (OffsetCommit 2 to 4).
/// </summary>
internal sealed record CommittedOffset(long Offset, int LeaderEpoch, string Metadata, long CommitTimestampMs, long ExpireTimestampMs = -1)
{
    /// <summary>Where its record stands in the offsets topic: of two commits the later record counts, whenever its transaction ended.</summary>
    public long RecordOffset { get; init; } = -1;
}
