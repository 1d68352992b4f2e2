using Microsoft.Extensions.Logging;

namespace Broker.Transactions;

/// <summary>Every log message about transactions.</summary>
internal static partial class TransactionLog
{
    [LoggerMessage(201, LogLevel.Information, "Transactional id {TransactionalId} has producer {ProducerId} with epoch {Epoch}.")]
    public static partial void Initialized(this ILogger logger, string transactionalId, long producerId, short epoch);

    [LoggerMessage(202, LogLevel.Debug, "Transaction of {TransactionalId} is {Status}.")]
    public static partial void Changed(this ILogger logger, string transactionalId, TransactionStatus status);

    [LoggerMessage(203, LogLevel.Warning, "Transaction of {TransactionalId} (producer {ProducerId}, epoch {Epoch}) was open for more than {TimeoutMs} ms and is aborted.")]
    public static partial void TimedOut(this ILogger logger, string transactionalId, long producerId, short epoch, int timeoutMs);

    [LoggerMessage(204, LogLevel.Information, "Transactional id {TransactionalId} was not used for long and is forgotten.")]
    public static partial void Expired(this ILogger logger, string transactionalId);

    [LoggerMessage(205, LogLevel.Error, "The state of {TransactionalId} could not be written; its request is refused.")]
    public static partial void AppendFailed(this ILogger logger, Exception exception, string transactionalId);

    [LoggerMessage(206, LogLevel.Error, "The state of {TransactionalId} is not on disk; its requests are refused until the broker is started again.")]
    public static partial void FlushFailed(this ILogger logger, Exception exception, string transactionalId);

    [LoggerMessage(207, LogLevel.Error, "A transaction of producer {ProducerId} could not be ended in {Partition}; it is tried again with every sweep.")]
    public static partial void MarkerFailed(this ILogger logger, Exception exception, long producerId, string partition);

    [LoggerMessage(208, LogLevel.Information, "{Ids} transactional ids loaded, {Ending} transactions to be ended.")]
    public static partial void Loaded(this ILogger logger, int ids, int ending);

    [LoggerMessage(209, LogLevel.Error, "Partition {Partition} of the transaction state cannot be read: its transactional ids are not served, and their transactions stay open, until that is repaired and the broker started again. All other partitions are served.")]
    public static partial void PartitionUnreadable(this ILogger logger, Exception exception, int partition);

    [LoggerMessage(212, LogLevel.Warning, "{Records} records in partition {Partition} of the transaction state are of kinds that this broker does not use, written by a newer one or by Apache Kafka; they are passed over.")]
    public static partial void UnknownRecords(this ILogger logger, int records, int partition);

    [LoggerMessage(210, LogLevel.Warning, "{Topic}-{Partition} held a transaction of producer {ProducerId} that no transactional id has open; it is aborted.")]
    public static partial void Orphaned(this ILogger logger, string topic, int partition, long producerId);

    [LoggerMessage(211, LogLevel.Warning, "{Partition} knows a newer epoch than {Epoch} of producer {ProducerId}; its transaction there is over already.")]
    public static partial void MarkerFenced(this ILogger logger, string partition, long producerId, short epoch);
}
