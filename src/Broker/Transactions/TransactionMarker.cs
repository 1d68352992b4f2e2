namespace Broker.Transactions;

/// <summary>The end of a transaction, as each of its partitions is told.</summary>
/// <param name="ProducerId">Whose transaction.</param>
/// <param name="RecordsEpoch">The epoch of its records.</param>
/// <param name="Epoch">The marker's own: the same one, or the next, which fences who wrote the records.</param>
/// <param name="Commit">False aborts.</param>
internal readonly record struct TransactionMarker(long ProducerId, short RecordsEpoch, short Epoch, bool Commit)
{
    /// <summary>Records in the marker's epoch are of a later transaction: this marker must not end that.</summary>
    public bool IsFollowedInItsEpoch => RecordsEpoch != Epoch;
}
