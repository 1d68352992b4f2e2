using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>The first failed write or fsync of a log, which makes it read-only for good. Set under the log's lock, read without it.</summary>
internal sealed class WriteFailure(string directory, ILogger logger)
{
    private Exception? _cause;

    public bool IsSet => Volatile.Read(ref _cause) is not null;

    /// <summary>What the disk, not the code, is to blame for.</summary>
    public static bool IsFromDisk(Exception e) => e is IOException or UnauthorizedAccessException;

    /// <exception cref="LogReadOnlyException">It is set.</exception>
    public void ThrowIfSet()
    {
        if (Volatile.Read(ref _cause) is { } cause)
            throw new LogReadOnlyException(directory, cause);
    }

    /// <returns>The exception to throw.</returns>
    public LogReadOnlyException Set(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _cause, cause, null) is { } earlier)
            return new LogReadOnlyException(directory, earlier);
        logger.BecameReadOnly(directory, cause);
        return new LogReadOnlyException(directory, cause);
    }
}
