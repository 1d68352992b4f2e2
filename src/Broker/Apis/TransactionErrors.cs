using Broker.Protocol;

namespace Broker.Apis;

/// <summary>What the coordinator finds, in the words each version of a client knows.</summary>
internal static class TransactionErrors
{
    /// <summary>PRODUCER_FENCED was INVALID_PRODUCER_EPOCH in early versions.</summary>
    public static ErrorCode ForVersion(this ErrorCode error, short version, short firstWithFenced) =>
        error == ErrorCode.ProducerFenced && version < firstWithFenced ? ErrorCode.InvalidProducerEpoch : error;

    /// <summary>
    /// For writes into a transaction: these never knew PRODUCER_FENCED, and TRANSACTION_ABORTABLE only lately (KIP-890).
    /// </summary>
    public static ErrorCode ForWrite(this ErrorCode error, short version, short firstWithAbortable) => error switch
    {
        ErrorCode.ProducerFenced => ErrorCode.InvalidProducerEpoch,
        ErrorCode.TransactionAbortable when version < firstWithAbortable => ErrorCode.InvalidTxnState,
        _ => error,
    };
}
