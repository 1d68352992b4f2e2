using MassTransit.SqliteOutbox;

namespace MassTransit;

/// <summary>How one database's inbox and outbox behave. Read once, when the bus is configured.</summary>
public sealed class SqliteOutboxOptions
{
    internal static readonly TimeSpan DefaultBusyTimeout = TimeSpan.FromSeconds(30);

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
    public TimeSpan BusyTimeout { get; set; } = DefaultBusyTimeout;

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

    /// <summary>
    /// How many deliveries that wait for the file may share one transaction, at least 1. Default 100; 1 gives each its own.
    /// A group is never waited for: it takes what is in line, and commits when nobody is. SQLite only, since a server
    /// writes the commits of many connections at once by itself. Off where <see cref="ConflictRetryLimit"/> is 0.
    /// </summary>
    public int MaxGroupMessages { get; set; } = 100;

    /// <summary>
    /// How long a group lets others in, from its first delivery on. Default 50 ms. It is then committed, so this is what a
    /// writer outside the group may have to wait, besides the consumer that is running.
    /// </summary>
    public TimeSpan MaxGroupTime { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Which endpoints, by name, may share transactions. Default all. Leave out an endpoint whose consumers take long, since
    /// those beside them are acknowledged only when the group is committed, and one whose consumers change what belongs to
    /// the connection or count on an interceptor that hears of their own context's commit.
    /// </summary>
    public Func<string, bool> GroupFor { get; set; } = static _ => true;

    /// <summary>
    /// Where the record of a delivery lies in its log; null, the default, and a null answer mean that it is not known, and the
    /// inbox row is then kept for ever. Answer null for a record that was put back from a dead-letter topic: its original may
    /// outlive it.
    /// </summary>
    public Func<ConsumeContext, RecordPosition?>? PositionOf { get; set; }

    /// <summary>
    /// Tells which records can still be delivered, so that the inbox rows of all others may go. Null, the default, keeps every
    /// row. Asked every <see cref="InboxCleaningInterval"/> with a scope's services; if it throws, nothing is removed. Rows go by
    /// the log start offsets of the answer before, so that no delivery that takes less than an interval is overtaken.
    /// </summary>
    public Func<IServiceProvider, CancellationToken, Task<ReadableRecords>>? ReadableRecords { get; set; }

    /// <summary>How often the inbox is cleaned, where <see cref="ReadableRecords"/> is given. Default 10 minutes.</summary>
    public TimeSpan InboxCleaningInterval { get; set; } = TimeSpan.FromMinutes(10);
}
