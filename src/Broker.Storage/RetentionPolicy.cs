namespace Broker.Storage;

/// <param name="NewestMs">Largest timestamp in milliseconds since the Unix epoch; for records without any, when the file was last written.</param>
internal readonly record struct SegmentAge(long BaseOffset, long SizeInBytes, long NewestMs);

/// <summary>Segments and a clock in, how many of the oldest to drop out. Touches nothing.</summary>
internal static class RetentionPolicy
{
    /// <param name="segments">Oldest first, the active one last.</param>
    /// <param name="logStartOffset">Segments wholly below it are dropped whatever the settings say.</param>
    public static int SegmentsToDrop(ReadOnlySpan<SegmentAge> segments, LogOptions options, long logStartOffset, long nowMs)
    {
        var total = 0L;
        foreach (var segment in segments)
            total += segment.SizeInBytes;

        var excess = options.DeletesOldSegments && options.RetentionBytes >= 0 ? total - options.RetentionBytes : 0;
        var dropped = 0;
        foreach (var segment in segments)
        {
            var isActive = dropped == segments.Length - 1;
            var isEmpty = segment.SizeInBytes == 0;
            var isDeleted = !isActive && segments[dropped + 1].BaseOffset <= logStartOffset;
            var isExpired = options.DeletesOldSegments && options.RetentionMs >= 0 && nowMs - segment.NewestMs > options.RetentionMs;
            var isExcess = excess > 0 && excess >= segment.SizeInBytes;
            if (!(isDeleted || ((isExpired || isExcess) && !(isActive && isEmpty))))
                break;
            excess -= segment.SizeInBytes;
            dropped++;
        }

        return dropped;
    }
}
