using Confluent.Kafka;

namespace MassTransit.LogTransport.Transactions;

/// <summary>What goes into one transaction: of each partition the first records that are ready.</summary>
internal sealed record TransactionBatch(IReadOnlyList<(UncommittedPartition Partition, UncommittedRecord[] Records)> Parts)
{
    public int Count => Parts.Sum(x => x.Records.Length);

    public IEnumerable<RecordOutput> Outputs => Parts.SelectMany(x => x.Records).SelectMany(x => x.Outputs!);

    public IEnumerable<TopicPartitionOffset> Offsets => Parts.Select(x => new TopicPartitionOffset(x.Partition.Feed.Partition, x.Records[^1].Offset + 1));

    /// <summary>False when one of its partitions may be another's by now.</summary>
    public bool IsOurs => Parts.All(x => !x.Partition.Feed.IsClosed);
}

/// <summary>How an attempt to write a batch ended.</summary>
internal sealed record TransactionResult(TransactionOutcome Outcome, Exception? Reason = null)
{
    /// <summary>What the broker said of single records.</summary>
    public IReadOnlyCollection<RefusedOutput> Refused { get; init; } = [];
}

internal enum TransactionOutcome
{
    Committed,

    /// <summary>Nothing of it will be seen; it may be tried again.</summary>
    Aborted,

    /// <summary>Nobody knows, or the producer cannot go on.</summary>
    Lost,
}
