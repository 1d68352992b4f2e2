namespace Broker.Storage;

public enum AppendOutcome
{
    Appended,

    /// <summary>One of the producer's last five batches again: nothing was written, the offsets are those of the first time.</summary>
    Duplicate,

    /// <summary>The producer's sequence leaves a gap, or repeats a batch older than the last five. Nothing was written.</summary>
    OutOfOrderSequence,

    /// <summary>The producer was fenced by a newer epoch. Nothing was written.</summary>
    InvalidProducerEpoch,

    /// <summary>A batch outside of any transaction from a producer that has one open here. Nothing was written.</summary>
    InvalidTxnState,

    /// <summary>A marker of a coordinator that a newer one has replaced. Nothing was written.</summary>
    TransactionCoordinatorFenced,
}

/// <param name="Outcome">Whether, and if not why.</param>
/// <param name="BaseOffset">Offset of the first record, -1 when refused.</param>
/// <param name="LastOffset">Offset of the last record, -1 when refused.</param>
/// <param name="LogAppendTime">What the log wrote as timestamp, in milliseconds since the Unix epoch; -1 under CreateTime.</param>
/// <param name="LogStartOffset">As it stood at the append.</param>
public readonly record struct AppendResult(AppendOutcome Outcome, long BaseOffset, long LastOffset, long LogAppendTime, long LogStartOffset);
