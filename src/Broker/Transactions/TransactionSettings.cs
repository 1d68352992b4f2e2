namespace Broker.Transactions;

/// <summary>The broker's settings that transactions go by.</summary>
internal sealed record TransactionSettings
{
    /// <summary>Longest timeout a producer may ask for.</summary>
    public int MaxTimeoutMs { get; init; }

    /// <summary>How long an id is kept that nobody uses.</summary>
    public long ExpirationMs { get; init; }

    /// <summary>Pause between two looks at what has timed out, has expired or could not be ended.</summary>
    public TimeSpan SweepInterval { get; init; }

    public static TransactionSettings From(BrokerOptions options) => new()
    {
        MaxTimeoutMs = options.TransactionMaxTimeoutMs,
        ExpirationMs = options.TransactionalIdExpirationMs,
        SweepInterval = TimeSpan.FromMilliseconds(options.TransactionAbortTimedOutTransactionCleanupIntervalMs),
    };
}
