namespace MassTransit.SqliteOutbox;

/// <summary>
/// The lease that lets one relay of one database file send at a time, across processes: an exclusively opened file
/// beside the database. The operating system gives it back when the holder dies, so there is no clock in it and
/// nothing to wait for after a crash.
/// </summary>
internal sealed class RelayTurnFile : IAsyncDisposable
{
    private readonly FileStream? _file;

    private RelayTurnFile(FileStream? file) => _file = file;

    /// <summary>Null when another relay holds it. A database in memory has one process, hence no file and no rival.</summary>
    /// <exception cref="UnauthorizedAccessException">The directory does not let us create the file.</exception>
    public static RelayTurnFile? TryTake(string? database)
    {
        if (database is null)
            return new RelayTurnFile(null);

        try
        {
            return new RelayTurnFile(new FileStream(database + ".relay", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException taken) when (taken is not DirectoryNotFoundException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => _file?.DisposeAsync() ?? ValueTask.CompletedTask;
}
