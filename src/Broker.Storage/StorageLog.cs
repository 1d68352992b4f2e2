using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>Every log message of storage.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(1, LogLevel.Information, "{Directory} was not closed cleanly: checked {Segments} segments, log end offset {LogEndOffset}")]
    public static partial void Recovered(this ILogger logger, string directory, int segments, long logEndOffset);

    [LoggerMessage(2, LogLevel.Warning, "{File} ends in a torn write at position {Position}, offset {Offset} ({Damage}): cut off {Bytes} bytes that were never known to be on disk")]
    public static partial void CutTornTail(this ILogger logger, string file, long position, long offset, string damage, long bytes);

    [LoggerMessage(3, LogLevel.Warning, "{Directory} has segments but no checkpoint: which records were on disk is unknown, so damage at the end counts as a torn write")]
    public static partial void CheckpointMissing(this ILogger logger, string directory);

    [LoggerMessage(4, LogLevel.Warning, "The indexes of {File} are missing or wrong: built again from the log")]
    public static partial void IndexesRebuilt(this ILogger logger, string file);

    [LoggerMessage(5, LogLevel.Information, "{Directory} rolled to a new segment at offset {BaseOffset}: {Reason}")]
    public static partial void Rolled(this ILogger logger, string directory, long baseOffset, RollReason reason);

    [LoggerMessage(6, LogLevel.Information, "{Directory} deleted {Segments} segments, log start offset {LogStartOffset}")]
    public static partial void DeletedSegments(this ILogger logger, string directory, int segments, long logStartOffset);

    [LoggerMessage(40, LogLevel.Information, "{Directory} starts at offset {LogStartOffset} by request; the records below are in a segment that others still need")]
    public static partial void MovedStart(this ILogger logger, string directory, long logStartOffset);

    [LoggerMessage(7, LogLevel.Error, "The log in {Directory} is read-only from now on: a write or fsync failed, and only recovery at the next start can tell what is on disk")]
    public static partial void BecameReadOnly(this ILogger logger, string directory, Exception cause);

    [LoggerMessage(8, LogLevel.Warning, "No space is left for the log in {Directory}: appends are refused until there is, reads and retention go on")]
    public static partial void DiskFull(this ILogger logger, string directory, Exception cause);

    [LoggerMessage(20, LogLevel.Information, "There is space again for the log in {Directory}: it takes appends")]
    public static partial void SpaceAgain(this ILogger logger, string directory);

    [LoggerMessage(9, LogLevel.Error, "The log in {Directory} was closed without its clean-stop marks: the next start checks it")]
    public static partial void CleanStopFailed(this ILogger logger, string directory, Exception cause);

    [LoggerMessage(10, LogLevel.Error, "Flushing the log in {Directory} failed")]
    public static partial void FlushFailed(this ILogger logger, string directory, Exception cause);

    [LoggerMessage(11, LogLevel.Warning, "{File} is not readable: producer state is built from further back in the log")]
    public static partial void SnapshotDamaged(this ILogger logger, string file);

    [LoggerMessage(12, LogLevel.Warning, "{File} is missing or not readable: leader epochs are read from the log again")]
    public static partial void EpochsRebuilt(this ILogger logger, string file);
}
