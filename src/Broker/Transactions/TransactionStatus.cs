namespace Broker.Transactions;

/// <summary>
/// How far the newest transaction of a transactional id has come. The numbers are Kafka's, as stored. Legal moves:
/// Empty, CompleteCommit and CompleteAbort to Ongoing; Ongoing to PrepareCommit or PrepareAbort; each Prepare to its Complete;
/// everything but Ongoing and the two Prepares to Empty. A transaction of the second dialect may also be aborted before it began.
/// </summary>
internal enum TransactionStatus : sbyte
{
    /// <summary>The producer was initialized and has begun nothing.</summary>
    Empty = 0,

    Ongoing = 1,

    /// <summary>Decided. Nothing takes it back once it is on disk; the markers are being written.</summary>
    PrepareCommit = 2,

    /// <inheritdoc cref="PrepareCommit"/>
    PrepareAbort = 3,

    /// <summary>Every partition has its marker on disk.</summary>
    CompleteCommit = 4,

    /// <inheritdoc cref="CompleteCommit"/>
    CompleteAbort = 5,
}
