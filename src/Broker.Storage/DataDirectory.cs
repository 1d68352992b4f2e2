using System.Diagnostics;
using System.Text;

namespace Broker.Storage;

/// <summary>A broker's directory, its own until Dispose: a second broker, in this process or another, is refused.</summary>
public sealed class DataDirectory : IDisposable
{
    /// <summary>How the directory of a deleted log is called until its files are gone.</summary>
    internal const string DeletedSuffix = "-delete";

    private const string LockFileName = ".lock";
    private const string OwnerFileName = ".lock.owner";
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Creates the directory where needed, takes its lock, and removes what interrupted deletions left.</summary>
    /// <exception cref="DataDirectoryInUseException">The message names the process that has it.</exception>
    public static DataDirectory Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(path);
        var held = TakeLock(path);
        try
        {
            using var process = Process.GetCurrentProcess();
            File.WriteAllText(System.IO.Path.Combine(path, OwnerFileName), $"{process.Id} {process.ProcessName}\n");
            foreach (var doomed in Directory.EnumerateDirectories(path, "*" + DeletedSuffix))
                Directory.Delete(doomed, recursive: true);
            DirectoryEntries.Flush(path);
            return new DataDirectory(path, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Replaces a small file of this directory; a crash leaves the whole old or the whole new content. On disk when it returns.</summary>
    public void WriteAtomically(string fileName, ReadOnlySpan<byte> content) =>
        AtomicFile.Write(System.IO.Path.Combine(Path, fileName), content, DiskFile.Open);

    public void Dispose()
    {
        if (_lock.SafeFileHandle.IsClosed)
            return;
        File.Delete(System.IO.Path.Combine(Path, OwnerFileName));
        _lock.Dispose();
    }

    /// <summary>The kernel drops the lock when the process ends, however it ends.</summary>
    private static FileStream TakeLock(string path)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, LockFileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (e.HResult is WouldBlockLinux or WouldBlockMac or WindowsSharingViolation)
        {
            throw new DataDirectoryInUseException($"The data directory {path} is in use by {ReadOwner(path)}. Stop it, or choose another directory.", e);
        }
    }

    /// <summary>From a file of its own: the locked one cannot be read from outside.</summary>
    private static string ReadOwner(string path)
    {
        try
        {
            var owner = File.ReadAllText(System.IO.Path.Combine(path, OwnerFileName), Encoding.UTF8).Trim().Split(' ', 2);
            return owner.Length == 2 ? $"process {owner[0]} ({owner[1]})" : "another process";
        }
        catch (FileNotFoundException)
        {
            // Between its taking the lock and its writing the name.
            return "another process";
        }
    }
}
