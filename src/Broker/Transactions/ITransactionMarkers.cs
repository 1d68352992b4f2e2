using Broker.Groups;

namespace Broker.Transactions;

/// <summary>Where transactions end: the partitions they wrote to. Safe for use by any thread.</summary>
internal interface ITransactionMarkers
{
    /// <summary>Writes the marker that ends a transaction in one partition. Whatever can be observed has happened when it returns.</summary>
    /// <returns>Completes when the marker is on disk, or when there is nothing left to end; false when it could not be written now.</returns>
    Task<bool> WriteAsync(TopicPartition partition, TransactionMarker marker);
}
