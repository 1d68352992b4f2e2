namespace Broker.Storage;

/// <summary>What a read_committed consumer must leave out: the producer's transactional records from this offset to its abort marker.</summary>
/// <param name="ProducerId">Whose records.</param>
/// <param name="FirstOffset">Of the transaction in this partition.</param>
public readonly record struct AbortedTransaction(long ProducerId, long FirstOffset);
