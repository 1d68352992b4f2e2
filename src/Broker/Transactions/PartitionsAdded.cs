using Broker.Groups;
using Broker.Protocol;

namespace Broker.Transactions;

/// <summary>A transaction reaches further partitions; the first one begins it.</summary>
internal static class PartitionsAdded
{
    /// <summary>Whether the producer may write in its transaction now.</summary>
    public static ErrorCode Check(this TransactionState current, TransactionalProducer producer) =>
        producer.Id != current.ProducerId ? ErrorCode.InvalidProducerIdMapping
        : producer.Epoch != current.ProducerEpoch ? ErrorCode.ProducerFenced
        : current.IsEnding ? ErrorCode.ConcurrentTransactions
        : ErrorCode.None;

    public static Transition Add(
        this TransactionState current, TransactionalProducer producer, IReadOnlyCollection<TopicPartition> partitions, short clientVersion, long nowMs)
    {
        if (current.Check(producer) is var error and not ErrorCode.None)
            return Transition.Refuse(error);

        var isOpen = current.Status == TransactionStatus.Ongoing;
        if (isOpen && current.Partitions.IsSupersetOf(partitions))
            return Transition.None;

        return Transition.To(current.Next(TransactionStatus.Ongoing, nowMs) with
        {
            Partitions = new HashSet<TopicPartition>([.. current.Partitions, .. partitions]),
            StartTimestampMs = isOpen ? current.StartTimestampMs : nowMs,
            ClientVersion = clientVersion,
        });
    }
}
