using Broker.Storage.Disks;

namespace Broker.Storage.Inspection;

/// <summary>What an operator can see of a log, with or without a broker on it. Nothing is changed.</summary>
public static class LogInspection
{
    /// <summary>Prints a partition's batches and records, oldest first, in the form of Kafka's kafka-dump-log with --print-data-log.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="dataDirectory">Where <c>log.dirs</c> points. A broker may be using it.</param>
    /// <param name="topic">The topic's name.</param>
    /// <param name="partition">The partition's number.</param>
    /// <param name="options">What of it; all when null.</param>
    /// <param name="disk">The file system; the machine's own when null.</param>
    /// <returns>What made it stop in front of the end; null when it printed all it was asked for.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such partition.</exception>
    public static Finding? Dump(
        TextWriter output, string dataDirectory, string topic, int partition, LogDumpOptions? options = null, Disk? disk = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        disk ??= Disk.Real;
        var directory = Path.Combine(Path.GetFullPath(dataDirectory), $"{topic}-{partition}");
        if (!disk.DirectoryExists(directory))
            throw new DirectoryNotFoundException($"There is no partition {partition} of topic {topic} in {Path.GetFullPath(dataDirectory)}.");
        return new LogDump(disk, directory, options ?? new LogDumpOptions(), output).Run();
    }
}

/// <summary>Which part of a log is printed.</summary>
public sealed record LogDumpOptions
{
    /// <summary>The first batch is the one that holds this offset or the next. Default 0.</summary>
    public long FromOffset { get; init; }

    /// <summary>No batch that begins here or above is printed. Default: none.</summary>
    public long ToOffset { get; init; } = long.MaxValue;

    /// <summary>Whether the records are printed below their batch. Default true.</summary>
    public bool Records { get; init; } = true;
}
