namespace MassTransit;

/// <summary>
/// Where an endpoint starts to read a message topic it has never read before. It is used once for each partition that
/// exists when the endpoint is first started: the position is committed for the endpoint's group before the first record is
/// read, and from then on the committed position counts. Partitions added to a topic later are always read from their first
/// record, so that growing a topic loses nothing.
/// </summary>
public readonly record struct StartPosition
{
    private readonly StartKind _kind;
    private readonly DateTimeOffset _timestamp;

    private StartPosition(StartKind kind, DateTimeOffset timestamp)
    {
        _kind = kind;
        _timestamp = timestamp;
    }

    /// <summary>Only records produced after the endpoint's first start, as a queue that is bound now would see them. The default.</summary>
    public static StartPosition Latest => default;

    /// <summary>Every record the topic still holds.</summary>
    public static StartPosition Earliest => new(StartKind.Earliest, default);

    internal StartKind Kind => _kind;
    internal DateTimeOffset Timestamp => _timestamp;

    /// <summary>The first record whose timestamp is at or after <paramref name="timestamp" />; the end of the partition when there is none.</summary>
    /// <param name="timestamp">A moment, to the millisecond.</param>
    public static StartPosition At(DateTimeOffset timestamp) => new(StartKind.Timestamp, timestamp);

    /// <inheritdoc />
    public override string ToString() => _kind == StartKind.Timestamp ? $"{_timestamp:O}" : _kind.ToString();
}

internal enum StartKind
{
    Latest,
    Earliest,
    Timestamp,
}
