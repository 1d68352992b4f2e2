using Broker.Groups;
using Broker.Records;

namespace Broker.Transactions;

/// <summary>
/// What is known of a transactional id, and stored as one record after every change: immutable, a change makes a new one.
/// Only <see cref="LastProducerEpoch"/> is not stored, as in Kafka.
/// </summary>
internal sealed record TransactionState
{
    /// <summary>The last epoch a producer is given; with the next one, which only markers carry, the id is used up.</summary>
    public const short LastUsableEpoch = short.MaxValue - 1;

    /// <summary>The transactions of a client that adds partitions by its own requests.</summary>
    public const short FirstDialect = 0;

    /// <summary>The transactions of KIP-890: the broker adds partitions as they are written to, and each end raises the epoch.</summary>
    public const short SecondDialect = 2;

    private static readonly HashSet<TopicPartition> NoPartitions = [];

    public required long ProducerId { get; init; }

    /// <summary>The producer id before the last change; the same one unless the epochs of that were used up.</summary>
    public long PreviousProducerId { get; init; } = RecordBatchHeader.NoProducerId;

    /// <summary>The producer id after the transaction that is ending, when this one is used up.</summary>
    public long NextProducerId { get; init; } = RecordBatchHeader.NoProducerId;

    public short ProducerEpoch { get; init; } = RecordBatchHeader.NoProducerEpoch;

    /// <summary>The epoch before the last change, when the producer knows it: the same request may come again with it.</summary>
    public short LastProducerEpoch { get; init; } = RecordBatchHeader.NoProducerEpoch;

    public int TimeoutMs { get; init; }

    public TransactionStatus Status { get; init; }

    /// <summary>Where the transaction has, or may have, written. Never changed once it is here.</summary>
    public IReadOnlySet<TopicPartition> Partitions { get; init; } = NoPartitions;

    /// <summary>When the transaction began, in Unix milliseconds; -1 before the first.</summary>
    public long StartTimestampMs { get; init; } = -1;

    public long LastUpdateTimestampMs { get; init; } = -1;

    /// <summary><see cref="FirstDialect"/> or <see cref="SecondDialect"/>.</summary>
    public short ClientVersion { get; init; }

    /// <summary>The epoch of what is written in this transaction: in the second dialect the end has raised the producer's above it.</summary>
    public short RecordsEpoch => IsEnding && ClientVersion == SecondDialect ? (short)(ProducerEpoch - 1) : ProducerEpoch;

    public bool IsEpochExhausted => ProducerEpoch >= LastUsableEpoch;

    public bool IsEnding => Status is TransactionStatus.PrepareCommit or TransactionStatus.PrepareAbort;

    public bool IsTimedOut(long nowMs) => Status == TransactionStatus.Ongoing && StartTimestampMs + TimeoutMs < nowMs;

    /// <summary>Nothing was asked of it for so long, and it stands between transactions.</summary>
    public bool IsExpired(long nowMs, long expirationMs) =>
        Status is TransactionStatus.Empty or TransactionStatus.CompleteCommit or TransactionStatus.CompleteAbort
        && LastUpdateTimestampMs + expirationMs <= nowMs;

    public TransactionState Next(TransactionStatus status, long nowMs) =>
        this with { Status = status, PreviousProducerId = ProducerId, LastUpdateTimestampMs = nowMs };

    public TransactionState WithoutPartitions() => this with { Partitions = NoPartitions };
}
