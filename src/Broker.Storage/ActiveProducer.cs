namespace Broker.Storage;

/// <summary>One idempotent or transactional producer as the log remembers it (DescribeProducers).</summary>
/// <param name="ProducerId">Its id.</param>
/// <param name="ProducerEpoch">Newest epoch seen here.</param>
/// <param name="LastSequence">Of its last record in this epoch, -1 without one.</param>
/// <param name="LastTimestamp">Newest of its batches and markers, in milliseconds since the Unix epoch; -1 when none had one.</param>
/// <param name="CoordinatorEpoch">Of its last transaction marker, -1 without one.</param>
/// <param name="TransactionStartOffset">First offset of its open transaction, -1 without one.</param>
public readonly record struct ActiveProducer(
    long ProducerId, short ProducerEpoch, int LastSequence, long LastTimestamp, int CoordinatorEpoch, long TransactionStartOffset);
