namespace Broker.Storage.Compaction;

/// <param name="BaseOffset">Of its first record.</param>
/// <param name="SizeInBytes">Of its log file.</param>
/// <param name="OldestMs">Timestamp of its first batch in milliseconds since the Unix epoch, -1 without one.</param>
/// <param name="NewestMs">Its largest timestamp; for records without any, when the file was last written.</param>
internal readonly record struct CompactableSegment(long BaseOffset, long SizeInBytes, long OldestMs, long NewestMs);

/// <summary>Segments, offsets and a clock in; what may be compacted, and whether it is time, out. Touches nothing.</summary>
internal static class CompactionPolicy
{
    /// <param name="segments">All of the log but the active one, oldest first.</param>
    /// <param name="logStartOffset">Below it records are gone.</param>
    /// <param name="firstDirtyOffset">Where the last compaction stopped.</param>
    /// <param name="lastStableOffset">What lies above may yet be aborted.</param>
    /// <param name="activeBaseOffset">Of the active segment, which is never compacted.</param>
    /// <param name="options">The topic's.</param>
    /// <param name="nowMs">In milliseconds since the Unix epoch.</param>
    public static CompactionStatus Judge(
        ReadOnlySpan<CompactableSegment> segments, long logStartOffset, long firstDirtyOffset, long lastStableOffset, long activeBaseOffset, LogOptions options, long nowMs)
    {
        var firstDirty = Math.Clamp(firstDirtyOffset, logStartOffset, Math.Max(logStartOffset, activeBaseOffset));
        var count = 0;
        var end = firstDirty;
        for (; count < segments.Length; count++)
        {
            var next = count + 1 < segments.Length ? segments[count + 1].BaseOffset : activeBaseOffset;
            var isTooYoung = next > firstDirty && options.MinCompactionLagMs > 0 && segments[count].NewestMs > nowMs - options.MinCompactionLagMs;
            if (next > lastStableOffset || isTooYoung)
                break;
            end = Math.Max(end, next);
        }

        var (clean, dirty, delay) = (0L, 0L, 0L);
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            var next = i + 1 < segments.Length ? segments[i + 1].BaseOffset : activeBaseOffset;
            if (next <= firstDirty)
            {
                clean += segment.SizeInBytes;
                continue;
            }

            if (i < count)
                dirty += segment.SizeInBytes;
            if (segment.OldestMs > 0 && nowMs - segment.OldestMs > options.MaxCompactionLagMs)
                delay = Math.Max(delay, nowMs - segment.OldestMs - options.MaxCompactionLagMs);
        }

        var status = new CompactionStatus(firstDirty, end, clean, dirty, delay, IsDue: false);
        return status with { IsDue = dirty > 0 && (delay > 0 || status.DirtyRatio > options.MinCleanableDirtyRatio) };
    }
}
