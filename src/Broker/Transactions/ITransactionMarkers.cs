using Broker.Groups;

namespace Broker.Transactions;

/// <summary>Where transactions end: the partitions they wrote to. Safe for use by any thread.</summary>
internal interface ITransactionMarkers
{
    /// <summary>Writes the marker that ends the producer's transaction in one partition. Whatever can be observed has happened when it returns.</summary>
    /// <returns>Completes when the marker is on disk, or when the partition is gone; false when it could not be written now.</returns>
    Task<bool> WriteAsync(TopicPartition partition, TransactionalProducer producer, bool commit);
}
