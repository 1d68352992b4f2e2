namespace Broker.Storage;

/// <summary>Asked for an offset below the log start or above the log end.</summary>
public sealed class OffsetOutOfRangeException(long offset, long logStartOffset, long logEndOffset)
    : Exception($"Offset {offset} is outside of {logStartOffset} to {logEndOffset}.")
{
    public long Offset { get; } = offset;
}

/// <summary>
/// A write or fsync failed, now or earlier. What was acknowledged stays readable; nothing is written any more until the
/// log is opened again, because a later fsync may succeed without the bytes that the failed one lost.
/// </summary>
public sealed class LogReadOnlyException(string directory, Exception cause)
    : IOException($"The log in {directory} is read-only since a write failed: {cause.Message}", cause);

/// <summary>The disk is full. The log was cut back to its last whole batch and takes appends again once there is space.</summary>
public sealed class DiskFullException(string directory, Exception cause)
    : IOException($"No space is left for the log in {directory}: nothing of this append was kept.", cause);

/// <summary>
/// Bytes that were known to be on disk, or that a reader needs, are damaged. The files are left as they are: cutting them would lose
/// acknowledged records without anybody knowing.
/// </summary>
public sealed class CorruptLogException(string file, long position, long offset, string damage)
    : IOException($"{file} is damaged at position {position}, offset {offset}: {damage}. The file was left as it is.")
{
    public string File { get; } = file;

    /// <summary>Byte in <see cref="File"/> where the first damaged batch starts.</summary>
    public long Position { get; } = position;

    /// <summary>First offset that cannot be read.</summary>
    public long Offset { get; } = offset;
}

/// <summary>Another process, or another broker of this one, uses the data directory.</summary>
public sealed class DataDirectoryInUseException(string message) : IOException(message);

/// <summary>A log that was there before is gone. Nothing was made in its place: its offsets would be given out again.</summary>
public sealed class MissingLogException(string directory)
    : IOException($"There is no log in {directory}, and there was one. Bring it back, or delete its topic.");
