using System.Collections.Concurrent;
using System.Data.Common;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// One turn at a time for the writers of one database file in this process. SQLite lets a second writer wait inside
/// its native call, which holds a thread; waiting here holds none. Any thread may enter and leave. It orders writers
/// and nothing more: correctness rests on SQLite's own lock, also against other processes.
/// </summary>
internal sealed class WriteGate
{
    private static readonly ConcurrentDictionary<string, WriteGate> Gates = new(StringComparer.Ordinal);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _database;

    private WriteGate(string database) => _database = database;

    public static WriteGate For(DbConnection connection) =>
        Gates.GetOrAdd(DatabaseFile.PathOf(connection) ?? connection.ConnectionString, static name => new WriteGate(name));

    /// <param name="patience">
    /// Longer than any honest queue. What it catches is a writer that waits for itself: a second context saving inside the
    /// first one's transaction.
    /// </param>
    /// <param name="cancellationToken">Leaves the queue.</param>
    /// <exception cref="TimeoutException">Nobody left in time.</exception>
    public async Task EnterAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(patience, cancellationToken).ConfigureAwait(false))
            throw Refusal(patience);
    }

    /// <inheritdoc cref="EnterAsync"/>
    public void Enter(TimeSpan patience)
    {
        if (!_turn.Wait(patience))
            throw Refusal(patience);
    }

    public void Leave() => _turn.Release();

    private TimeoutException Refusal(TimeSpan patience) => new(
        $"No turn to write to {_database} within {patience.TotalSeconds:0.#} s. Does a second context save inside the first one's transaction?");
}
