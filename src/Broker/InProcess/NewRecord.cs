using Broker.Protocol;
using Broker.Records;

namespace Broker.InProcess;

/// <summary>A record to be produced. Key, value and headers are copied when it is.</summary>
/// <param name="Key">Null for none.</param>
/// <param name="Value">Null for a tombstone.</param>
public sealed record NewRecord(byte[]? Key, byte[]? Value)
{
    /// <summary>Where it goes; null for the partition that Kafka's Java client would choose for the key, or any without one.</summary>
    public int? Partition { get; init; }

    /// <summary>Its time; null for the broker's clock. A topic with <c>LogAppendTime</c> takes its own.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>In this order; names may repeat. Default none.</summary>
    public IReadOnlyList<RecordHeader> Headers { get; init; } = [];
}

/// <summary>What became of one record.</summary>
/// <param name="Partition">Where it went or would have gone.</param>
/// <param name="Offset">Its place; -1 when refused.</param>
/// <param name="Error">Why it was refused; <see cref="ErrorCode.None"/> when it is stored and on disk.</param>
/// <param name="Message">The refusal in words; null without.</param>
public sealed record ProducedRecord(int Partition, long Offset, ErrorCode Error, string? Message);

/// <summary>A record as it is stored.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its place there.</param>
/// <param name="TimestampMs">Its time in milliseconds since 1970; -1 for none.</param>
/// <param name="Key">Null for none.</param>
/// <param name="Value">Null for a tombstone.</param>
/// <param name="Headers">In the producer's order.</param>
public sealed record StoredRecord(
    int Partition, long Offset, long TimestampMs, byte[]? Key, byte[]? Value, IReadOnlyList<RecordHeader> Headers)
{
    private static readonly long LastTimestamp = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Its time; null for none, and for one behind the year 9999, which only <see cref="TimestampMs"/> can say.</summary>
    public DateTimeOffset? Timestamp => TimestampMs >= 0 && TimestampMs <= LastTimestamp ? DateTimeOffset.FromUnixTimeMilliseconds(TimestampMs) : null;
}

/// <summary>A place to read from.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The first record to read.</param>
public readonly record struct PartitionOffset(int Partition, long Offset);

/// <summary>What was read of a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="NextOffset">Where to read on; where it was to be read when it was refused.</param>
/// <param name="LogStartOffset">Its first record; -1 when refused.</param>
/// <param name="EndOffset">
/// Up to here, exclusive, it can be read now: the high watermark, or the last stable offset for committed records. -1 when refused.
/// </param>
public sealed record ReadPosition(int Partition, long NextOffset, long LogStartOffset, long EndOffset)
{
    /// <summary>Why nothing was read of this partition though others were; <see cref="ErrorCode.None"/> when it was read.</summary>
    public ErrorCode Error { get; init; }

    /// <summary>The refusal in words; null without.</summary>
    public string? Message { get; init; }
}

/// <summary>The answer to a read.</summary>
/// <param name="Records">By partition in the order asked, then by offset.</param>
/// <param name="Positions">One for each partition asked.</param>
public sealed record RecordPage(IReadOnlyList<StoredRecord> Records, IReadOnlyList<ReadPosition> Positions);

/// <summary>How much a read may bring.</summary>
public sealed record ReadLimits
{
    /// <summary>Most records in all. Default 500.</summary>
    public int MaxRecords { get; init; } = 500;

    /// <summary>Most bytes in all, as stored; at least one batch comes whatever its size. Default 1 MiB.</summary>
    public int MaxBytes { get; init; } = 1 << 20;

    /// <summary>How long to wait for the first record where there is none yet. Default not at all; at most five minutes.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Whether records of transactions that are open or were aborted are left out. Default true.</summary>
    public bool CommittedOnly { get; init; } = true;
}
