namespace MassTransit.SqliteOutbox;

/// <summary>When SQLite waits for the disk, in WAL mode.</summary>
public enum SqliteSynchronous
{
    /// <summary>
    /// Only at checkpoints. Commits survive the death of the process; the last ones may be undone by power loss.
    /// </summary>
    Normal = 1,

    /// <summary>At every commit. Commits survive power loss.</summary>
    Full = 2,
}
