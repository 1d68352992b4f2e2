using System.Collections.Concurrent;
using Broker.Groups;
using Broker.Storage;

namespace Broker.Transactions;

/// <summary>
/// Transactions that were open in a partition when its log was opened, until it is known that a transactional id has them open or they are
/// ended. Only an opening adds to it, before anybody writes. A producer cannot take a partition into a transaction while one of its own is
/// suspected there: the abort of that would end the new one too. Safe for use by any thread.
/// </summary>
internal sealed class SuspectedOrphans
{
    private readonly ConcurrentDictionary<(long ProducerId, TopicPartition Partition), short> _epochs = [];

    public IEnumerable<(TransactionalProducer Producer, TopicPartition Partition)> All =>
        _epochs.Select(suspect => (new TransactionalProducer(suspect.Key.ProducerId, suspect.Value), suspect.Key.Partition));

    /// <param name="partition">Not yet written to.</param>
    /// <param name="log">Its log.</param>
    public void Suspect(TopicPartition partition, PartitionLog log)
    {
        if (log.LastStableOffset == log.LogEndOffset)
            return;
        foreach (var producer in log.ActiveProducers().Where(p => p.TransactionStartOffset >= 0))
            _epochs[(producer.ProducerId, partition)] = producer.ProducerEpoch;
    }

    public void Clear(long producerId, TopicPartition partition) => _epochs.TryRemove((producerId, partition), out _);

    /// <summary>Whether one of the partitions would come into the transaction with something older in it.</summary>
    public bool AreAmong(IReadOnlyCollection<TopicPartition> partitions, TransactionState state) =>
        !_epochs.IsEmpty && partitions.Any(p => !state.Partitions.Contains(p) && _epochs.ContainsKey((state.ProducerId, p)));
}
