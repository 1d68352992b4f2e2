using Broker.Storage.Disks;

namespace Broker.Storage.Inspection;

/// <summary>A data directory that is looked at without a broker, and kept closed to brokers until Dispose. Nothing in it is changed. For one caller at a time.</summary>
public sealed class InspectedDirectory : IDisposable
{
    private readonly Disk _disk;
    private readonly IDisposable? _lock;

    private InspectedDirectory(Disk disk, string path, IDisposable? held) => (_disk, Path, _lock) = (disk, path, held);

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Names of all directories in it, in order.</summary>
    public IReadOnlyList<string> Directories => [.. _disk.ListDirectories(Path).Order(StringComparer.Ordinal)];

    /// <param name="path">Where <c>log.dirs</c> points.</param>
    /// <param name="disk">The file system; the machine's own when null.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="DataDirectoryInUseException">A broker has it open: its files change while they are read.</exception>
    public static InspectedDirectory Open(string path, Disk? disk = null)
    {
        disk ??= Disk.Real;
        path = System.IO.Path.GetFullPath(path);
        return disk.DirectoryExists(path)
            ? new InspectedDirectory(disk, path, DataDirectory.LockExisting(disk, path))
            : throw new DirectoryNotFoundException($"There is no directory {path}.");
    }

    /// <summary>The whole content of a small file; null when there is none.</summary>
    public byte[]? Read(string fileName) => _disk.FileExists(PathOf(fileName)) ? _disk.ReadFile(PathOf(fileName)) : null;

    /// <summary>Whether a directory's name is a topic's, a hyphen and a number, and a log is in it.</summary>
    public bool IsLog(string name)
    {
        var hyphen = name.LastIndexOf('-');
        return hyphen > 0 && hyphen < name.Length - 1 && name.AsSpan(hyphen + 1).IndexOfAnyExceptInRange('0', '9') < 0
            && PartitionLog.Exists(_disk, PathOf(name));
    }

    /// <summary>Reads a log from end to end: checksum and place of every batch, indexes, producer snapshots and checkpoint.</summary>
    /// <param name="name">Of its directory.</param>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public PartitionReport Verify(string name)
    {
        try
        {
            return new LogVerifier(_disk, PathOf(name)).Run();
        }
        catch (IOException e)
        {
            return PartitionReport.Unread(name, new Finding(FindingKind.Damage, name, Finding.Whole, $"it cannot be read to the end: {e.Message}"));
        }
    }

    /// <summary>Lets brokers in.</summary>
    public void Dispose() => _lock?.Dispose();

    private string PathOf(string name) => System.IO.Path.Combine(Path, name);
}
