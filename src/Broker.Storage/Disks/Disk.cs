namespace Broker.Storage.Disks;

/// <summary>
/// Everything storage does with a file system. What a power loss may undo is said by the two words of POSIX: a file's bytes and length
/// are safe after <see cref="DiskFile.Flush"/>, its name (made, changed, removed) after <see cref="FlushDirectory"/> of the directory it is
/// in. Paths are full paths. Members may be called from any thread and throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
/// </summary>
public abstract class Disk
{
    private protected Disk()
    {
    }

    /// <summary>The machine's own file system.</summary>
    public static Disk Real { get; } = new RealDisk();

    internal abstract DiskFile Open(string path, FileMode mode, FileAccess access);

    /// <summary>The content of a file that is never changed again, only deleted; empty when there is none.</summary>
    internal abstract FileView View(string path);

    /// <summary>Null when there is no such file.</summary>
    internal abstract FileStatus? StatusOf(string path);

    internal abstract bool DirectoryExists(string path);

    /// <summary>Names, without the path, in no order.</summary>
    internal abstract string[] ListFiles(string directory);

    /// <inheritdoc cref="ListFiles"/>
    internal abstract string[] ListDirectories(string directory);

    /// <summary>Its parent exists. Does nothing when it exists already.</summary>
    internal abstract void CreateDirectory(string path);

    /// <summary>Takes the place of a file that is at <paramref name="to"/>.</summary>
    internal abstract void RenameFile(string from, string to);

    /// <summary>Nothing is at <paramref name="to"/>.</summary>
    internal abstract void RenameDirectory(string from, string to);

    /// <summary>Who has the file open reads on. Does nothing when it is gone already.</summary>
    internal abstract void DeleteFile(string path);

    /// <summary>With all that is in it.</summary>
    internal abstract void DeleteDirectory(string path);

    /// <summary>fsync of a directory: the names in it are as they are now, whatever happens.</summary>
    internal abstract void FlushDirectory(string path);

    /// <summary>Makes the file where needed and holds it for this disk's user alone, until Dispose or the user's end; null when another has it.</summary>
    internal abstract IDisposable? TryLock(string path);

    /// <summary>Of the volume; -1 for what is not known.</summary>
    internal abstract (long TotalBytes, long UsableBytes) SpaceOf(string path);
}

/// <param name="Length">In bytes.</param>
/// <param name="LastWriteMs">In milliseconds since the Unix epoch.</param>
internal readonly record struct FileStatus(long Length, long LastWriteMs);
