using System.Text;
using Broker.Storage.Disks;
using Microsoft.Extensions.Logging;

namespace Broker.Storage;

/// <summary>
/// A broker's directory, its own until Dispose: a second broker, in this process or another, is refused. Holds logs, one directory each,
/// and small files that are replaced whole. Members may be called from any thread, for one name by one at a time.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    /// <summary>How the directory of a deleted log is called until its files are gone.</summary>
    internal const string DeletedSuffix = "-delete";

    private const string LockFileName = ".lock";
    private const string OwnerFileName = ".lock.owner";

    private readonly Disk _disk;
    private readonly IDisposable _lock;
    private readonly SpaceReserve _reserve;
    private bool _isClosed;

    private DataDirectory(Disk disk, string path, IDisposable held, SpaceReserve reserve)
    {
        _disk = disk;
        Path = path;
        _lock = held;
        _reserve = reserve;
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Of the volume it is on, in bytes; -1 for what is not known.</summary>
    public (long TotalBytes, long UsableBytes) Space => _disk.SpaceOf(Path);

    /// <summary>Creates the directory where needed, takes its lock, and removes what interrupted deletions left.</summary>
    /// <param name="path">Absolute, or relative to the current directory.</param>
    /// <param name="disk">The file system; the machine's own when null.</param>
    /// <exception cref="DataDirectoryInUseException">The message names the process that has it.</exception>
    public static DataDirectory Open(string path, Disk? disk = null)
    {
        disk ??= Disk.Real;
        path = System.IO.Path.GetFullPath(path);
        disk.CreateDirectories(path);
        // Perhaps made a moment ago by a process that was killed before it could fsync the name.
        if (!disk.FileExists(System.IO.Path.Combine(path, LockFileName)))
            disk.FlushDirectory(System.IO.Path.GetDirectoryName(path)!);
        var held = Lock(disk, path);
        try
        {
            var reserve = new SpaceReserve(disk, path);
            WriteOwner(disk, path, reserve);
            foreach (var doomed in disk.ListDirectories(path).Where(static name => name.EndsWith(DeletedSuffix, StringComparison.Ordinal)))
                disk.DeleteDirectory(System.IO.Path.Combine(path, doomed));
            disk.FlushDirectory(path);
            reserve.Keep();
            return new DataDirectory(disk, path, held, reserve);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Opens the log in the directory of that name: see <see cref="PartitionLog.Open"/>.</summary>
    /// <param name="name">Of the directory.</param>
    /// <param name="options">The topic's settings.</param>
    /// <param name="time">See <see cref="PartitionLog.Open"/>.</param>
    /// <param name="logger">Where it is said what was repaired.</param>
    /// <param name="mayCreate">Whether a log is made where there is none.</param>
    /// <exception cref="MissingLogException">There is none, and none may be made.</exception>
    public PartitionLog OpenLog(string name, LogOptions options, TimeProvider time, ILogger logger, bool mayCreate = true) =>
        mayCreate || PartitionLog.Exists(_disk, PathOf(name))
            ? PartitionLog.Open(PathOf(name), options, time, logger, _disk)
            : throw new MissingLogException(PathOf(name));

    /// <summary>Names of the directories that hold a log, in order.</summary>
    public IReadOnlyList<string> ListLogs() =>
        [.. _disk.ListDirectories(Path).Where(name => PartitionLog.Exists(_disk, PathOf(name))).Order(StringComparer.Ordinal)];

    /// <summary>Whether there is a directory of that name.</summary>
    public bool HasLog(string name) => _disk.DirectoryExists(PathOf(name));

    /// <summary>Renames a log's directory, on disk after the next <see cref="WriteAtomically"/>. Nobody has it open.</summary>
    public void RenameLog(string name, string newName) => _disk.RenameDirectory(PathOf(name), PathOf(newName));

    /// <summary>Deletes a log that nobody has open, on disk after the next <see cref="WriteAtomically"/>. Does nothing when there is none.</summary>
    public void DeleteLog(string name)
    {
        if (HasLog(name))
            _disk.DeleteDirectory(PathOf(name));
    }

    /// <summary>The whole content of a small file; null when there is none.</summary>
    public byte[]? Read(string fileName) => _disk.FileExists(PathOf(fileName)) ? _disk.ReadFile(PathOf(fileName)) : null;

    /// <summary>
    /// Replaces a small file of this directory; a crash leaves the whole old or the whole new content. On disk when it returns. On a full disk it
    /// takes from the room kept back for it.
    /// </summary>
    public void WriteAtomically(string fileName, ReadOnlySpan<byte> content)
    {
        var released = false;
        while (!TryReplace(fileName, content))
            released = true;
        if (released)
            KeepReserve();
    }

    /// <summary>Takes again what was given up of the room kept back, if there is room. To be called now and then.</summary>
    public void KeepReserve() => _reserve.Keep();

    /// <summary>Lets the next one in.</summary>
    public void Dispose()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        _disk.DeleteFile(PathOf(OwnerFileName));
        _lock.Dispose();
    }

    /// <summary>Keeps brokers out while a directory is read; null where no broker was ever in, and nothing is made.</summary>
    /// <exception cref="DataDirectoryInUseException">One is in.</exception>
    internal static IDisposable? LockExisting(Disk disk, string path) =>
        disk.FileExists(System.IO.Path.Combine(path, LockFileName)) ? Lock(disk, path) : null;

    private static IDisposable Lock(Disk disk, string path) =>
        disk.TryLock(System.IO.Path.Combine(path, LockFileName))
        ?? throw new DataDirectoryInUseException($"The data directory {path} is in use by {ReadOwner(disk, path)}. Stop it, or choose another directory.");

    private static void WriteOwner(Disk disk, string path, SpaceReserve reserve)
    {
        while (true)
        {
            try
            {
                using var owner = disk.Open(System.IO.Path.Combine(path, OwnerFileName), FileMode.Create, FileAccess.ReadWrite);
                owner.Write(Encoding.UTF8.GetBytes($"{Environment.ProcessId} {System.IO.Path.GetFileName(Environment.ProcessPath)}\n"), 0);
                return;
            }
            catch (IOException e) when (DiskFull.IsCauseOf(e))
            {
                // The name only helps whoever is refused: no reason not to start.
                if (!reserve.TryRelease(0))
                    return;
            }
        }
    }

    /// <returns>False when there was no room, and there is more now.</returns>
    private bool TryReplace(string fileName, ReadOnlySpan<byte> content)
    {
        try
        {
            _disk.ReplaceFile(PathOf(fileName), content);
            return true;
        }
        catch (IOException e) when (DiskFull.IsCauseOf(e))
        {
            if (_reserve.TryRelease(content.Length))
                return false;
            throw;
        }
    }

    private string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>From a file of its own: the locked one cannot be read from outside.</summary>
    private static string ReadOwner(Disk disk, string path)
    {
        try
        {
            var owner = Encoding.UTF8.GetString(disk.ReadFile(System.IO.Path.Combine(path, OwnerFileName))).Trim().Split(' ', 2);
            return owner.Length == 2 ? $"process {owner[0]} ({owner[1]})" : "another process";
        }
        catch (FileNotFoundException)
        {
            // Between its taking the lock and its writing the name.
            return "another process";
        }
    }
}
