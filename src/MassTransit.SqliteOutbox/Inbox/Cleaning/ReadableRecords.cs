namespace MassTransit;

/// <summary>What can still be delivered, and must therefore still be recognised.</summary>
public sealed class ReadableRecords
{
    /// <summary>
    /// The first offset that each partition still holds: the log start offset. A partition that is not named keeps all its
    /// inbox rows.
    /// </summary>
    public required IReadOnlyDictionary<RecordPartition, long> LogStartOffsets { get; init; }

    /// <summary>
    /// The ids of the messages in the dead-letter topics of this service's endpoints (<c>x_error</c>). Each may be put back
    /// into a topic, at a new offset and under its old id, long after its original is gone.
    /// </summary>
    public required IReadOnlySet<Guid> DeadLetters { get; init; }
}
