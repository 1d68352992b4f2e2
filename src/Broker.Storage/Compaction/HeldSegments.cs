using Broker.Storage.Disks;

namespace Broker.Storage.Compaction;

/// <summary>The sealed segments of a log at one moment, kept open until Dispose whatever retention does meanwhile.</summary>
internal sealed class HeldSegments : IDisposable
{
    private readonly List<Segment> _segments = [];

    private HeldSegments(long activeBaseOffset) => ActiveBaseOffset = activeBaseOffset;

    public long ActiveBaseOffset { get; }

    public static HeldSegments Take(LogState log)
    {
        while (true)
        {
            log.ThrowIfClosed();
            var list = log.Segments;
            var held = new HeldSegments(list.Last.BaseOffset);
            if (held.TryAdd(list.All[..^1]))
                return held;
            held.Dispose(); // some were deleted or replaced since the list was taken
        }
    }

    /// <summary>Those with records from <paramref name="from"/> on and below <paramref name="to"/>.</summary>
    public IEnumerable<Segment> Between(long from, long to) => _segments.Where(s => s.Extent.EndOffset > from && s.BaseOffset < to);

    /// <summary>Those with records below <paramref name="to"/>.</summary>
    public IReadOnlyList<Segment> UpTo(long to) => [.. Between(0, to)];

    /// <param name="disk">Where they are.</param>
    /// <param name="withOldest">Whether their first timestamps are wanted, which costs a read each.</param>
    public CompactableSegment[] Describe(Disk disk, bool withOldest)
    {
        var described = new CompactableSegment[_segments.Count];
        for (var i = 0; i < described.Length; i++)
        {
            var segment = _segments[i];
            var oldest = withOldest ? segment.FirstTimestamp() : -1;
            described[i] = new CompactableSegment(segment.BaseOffset, segment.SizeInBytes, oldest, segment.NewestMs(disk));
        }

        return described;
    }

    public void Dispose()
    {
        foreach (var segment in _segments)
            segment.Files.Release();
    }

    private bool TryAdd(ReadOnlySpan<Segment> segments)
    {
        foreach (var segment in segments)
        {
            if (!segment.Files.TryAcquire())
                return false;
            _segments.Add(segment);
        }

        return true;
    }
}
