namespace Broker.InProcess;

/// <summary>
/// Where a group shall read on. Offsets outside of what a partition has become its first or its end, as Kafka's own tool does it.
/// </summary>
public sealed record OffsetReset
{
    private OffsetReset(OffsetResetKind kind) => Kind = kind;

    internal OffsetResetKind Kind { get; }

    internal long Number { get; private init; }

    internal DateTimeOffset Time { get; private init; }

    /// <summary>At the first record.</summary>
    public static OffsetReset ToEarliest() => new(OffsetResetKind.Earliest);

    /// <summary>Behind the last record.</summary>
    public static OffsetReset ToLatest() => new(OffsetResetKind.Latest);

    /// <summary>At an offset, the same in every partition.</summary>
    public static OffsetReset ToOffset(long offset) => new(OffsetResetKind.Offset) { Number = offset };

    /// <summary>At the first record that is not older; behind the last when all are.</summary>
    public static OffsetReset ToTime(DateTimeOffset time) => new(OffsetResetKind.Time) { Time = time };

    /// <summary>So many records behind where the group stands; before it when negative. Partitions without a committed offset stay.</summary>
    public static OffsetReset ShiftBy(long records) => new(OffsetResetKind.Shift) { Number = records };

    /// <summary>The topic; null for every topic the group has committed for.</summary>
    public string? Topic { get; init; }

    /// <summary>Partitions of <see cref="Topic"/>; null for all.</summary>
    public IReadOnlyList<int>? Partitions { get; init; }
}

internal enum OffsetResetKind
{
    Earliest,
    Latest,
    Offset,
    Time,
    Shift,
}

/// <summary>What a reset does to one partition.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="From">What was committed before; -1 for nothing.</param>
/// <param name="To">What is committed then.</param>
public sealed record OffsetMove(string Topic, int Partition, long From, long To);
