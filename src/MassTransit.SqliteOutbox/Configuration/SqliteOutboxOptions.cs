using MassTransit.SqliteOutbox;

namespace MassTransit;

/// <summary>How one database's inbox and outbox behave. Read once, when the bus is configured.</summary>
public sealed class SqliteOutboxOptions
{
    /// <summary>
    /// Whether <c>IPublishEndpoint</c>, <c>ISendEndpointProvider</c> and <c>IBus</c>-independent senders taken from a scope
    /// write rows of this database. Default true; at most one database of a bus may have it.
    /// </summary>
    public bool BusOutbox { get; set; } = true;

    /// <summary>
    /// Which endpoints, by name, consume through this database's inbox. Default all. Leave out an endpoint whose
    /// consumers wait for something slow: the inbox holds the file's only write lock while the consumer runs.
    /// </summary>
    public Func<string, bool> InboxFor { get; set; } = static _ => true;

    /// <summary>
    /// How often the relay looks for rows that nobody in this process announced: those of another process on the same
    /// file, or left by a crash. Default one second.
    /// </summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many rows the relay reads at once, at least 1. Default 200.</summary>
    public int BatchSize { get; set; } = 200;

    /// <summary>How long one message may take to be acknowledged by the transport. Default 30 seconds.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause after a failed round; doubled at every further failure up to <see cref="MaxBackOff"/>. Default 100 ms.</summary>
    public TimeSpan MinBackOff { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between failed rounds. Default 5 seconds.</summary>
    public TimeSpan MaxBackOff { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a writer waits, for its turn within the process and for the lock on the file, before it fails.
    /// Default 30 seconds.
    /// </summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// SQLite's <c>synchronous</c> setting of every connection. Default <see cref="SqliteSynchronous.Full"/>: what is
    /// committed survives power loss.
    /// </summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>
    /// How often a delivery is run again when it met a concurrent change of a row it had read, or a busy file, before
    /// it counts as failed. Default 5; 0 switches the retry off.
    /// </summary>
    public int ConflictRetryLimit { get; set; } = 5;
}
