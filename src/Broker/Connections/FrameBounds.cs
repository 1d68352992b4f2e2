namespace Broker.Connections;

/// <summary>How short and how long a frame may be, in bytes after the length prefix.</summary>
/// <param name="Min">The shortest.</param>
/// <param name="Max">The longest, which only a produce request may be.</param>
/// <param name="MaxOfOthers">The longest of all other requests.</param>
internal readonly record struct FrameBounds(int Min, int Max, int MaxOfOthers)
{
    /// <summary>
    /// Records are in produce requests alone. The longest others name partitions: a fetch of 200,000 in 13 MiB, an assignment for
    /// a group of 10,000 members in about as much.
    /// </summary>
    public const int UsualMaxOfOthers = 16 * 1024 * 1024;

    public FrameBounds(int min, int max)
        : this(min, max, Math.Min(max, UsualMaxOfOthers))
    {
    }
}
