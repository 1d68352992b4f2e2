namespace Broker.Storage;

/// <param name="Offset">Of one record.</param>
/// <param name="Timestamp">Milliseconds since the Unix epoch.</param>
/// <param name="LeaderEpoch">Epoch under which the record was appended.</param>
public readonly record struct OffsetAndTimestamp(long Offset, long Timestamp, int LeaderEpoch);
