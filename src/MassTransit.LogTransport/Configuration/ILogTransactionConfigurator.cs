namespace MassTransit;

/// <summary>Configures the Kafka transactions in which an endpoint writes what its consumers send together with the offsets of what they consumed.</summary>
public interface ILogTransactionConfigurator
{
    /// <summary>How many handled messages begin a transaction at once, without waiting for <see cref="BatchTime" />, from 1 to 10 000. A transaction takes all that are handled by then. Default 500.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Another number.</exception>
    int BatchSize { set; }

    /// <summary>
    /// Longest time a handled message waits for others to share its transaction, from zero to 10 s. Zero begins a transaction as soon as the one before it is over. It adds to the
    /// time until readers see what was sent. Default 50 ms.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Another time.</exception>
    TimeSpan BatchTime { set; }

    /// <summary>
    /// After which time the broker aborts a transaction whose process is gone, from 1 s to 15 min; until then it holds up the <c>read_committed</c> readers of the same partitions. A transaction is
    /// open while it is written, not while consumers run. The broker's <c>transaction.max.timeout.ms</c> must allow it. Default 10 s.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Another time.</exception>
    TimeSpan TransactionTimeout { set; }
}
