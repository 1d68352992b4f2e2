namespace Broker.InProcess;

/// <summary>A place in a partition that only the partition knows the offset of.</summary>
public readonly record struct OffsetPlace
{
    private const long LatestTimestamp = -1;
    private const long EarliestTimestamp = -2;

    private OffsetPlace(long timestamp) => Timestamp = timestamp;

    /// <summary>The first record.</summary>
    public static OffsetPlace Earliest { get; } = new(EarliestTimestamp);

    /// <summary>Behind the last record.</summary>
    public static OffsetPlace Latest { get; } = new(LatestTimestamp);

    /// <summary>The first record that is not older.</summary>
    /// <param name="time">Times before 1970 are 1970.</param>
    public static OffsetPlace At(DateTimeOffset time) => new(Math.Max(0, time.ToUnixTimeMilliseconds()));

    /// <summary>As ListOffsets asks for it.</summary>
    internal long Timestamp { get; }
}
