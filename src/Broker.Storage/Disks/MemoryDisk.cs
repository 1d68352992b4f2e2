using Microsoft.Win32.SafeHandles;

namespace Broker.Storage.Disks;

/// <summary>
/// A disk in memory, for brokers that need not outlive their process. It knows what was fsynced: <see cref="CopyAfterPowerLoss()"/> has
/// exactly what a power loss would leave, in the strictest reading of POSIX. Safe for use by any thread.
/// </summary>
public sealed class MemoryDisk : Disk
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _locked = [];
    private readonly MemoryDirectory _root;
    private readonly TimeProvider _time;

    /// <summary>An empty disk.</summary>
    /// <param name="time">Stamps the files; the system's clock when null.</param>
    public MemoryDisk(TimeProvider? time = null)
        : this(new MemoryDirectory(), time ?? TimeProvider.System)
    {
    }

    private MemoryDisk(MemoryDirectory root, TimeProvider time)
    {
        _root = root;
        _time = time;
    }

    /// <summary>
    /// Another disk, with what the next start would find if the power failed now: bytes, lengths and names that were not fsynced are gone,
    /// nothing is locked. Who uses this disk is not disturbed, and what they write from now on does not reach the copy.
    /// </summary>
    public MemoryDisk CopyAfterPowerLoss() => Copied(_root.CopySynced);

    /// <summary>As <see cref="CopyAfterPowerLoss()"/>, if the process were killed now: all that was written is there, fsynced or not.</summary>
    public MemoryDisk CopyAfterKill() => Copied(() => _root.Copy([]));

    /// <summary>As a real disk may leave it: what was not fsynced is there or not, in any order and in parts.</summary>
    internal MemoryDisk CopyAfterPowerLoss(Random choice) => Copied(() => _root.CopyTorn(choice));

    internal override DiskFile Open(string path, FileMode mode, FileAccess access)
    {
        lock (_lock)
        {
            var (directory, name) = Locate(path);
            if (!directory.Entries.TryGetValue(name, out var entry))
            {
                if (mode == FileMode.Open)
                    throw new FileNotFoundException($"There is no file {path}.", path);
                directory.Entries.Add(name, entry = new MemoryContent(_time));
            }
            else if (mode == FileMode.CreateNew)
            {
                throw new IOException($"{path} exists already.");
            }

            var content = entry as MemoryContent ?? throw new UnauthorizedAccessException($"{path} is a directory.");
            if (mode == FileMode.Create)
                content.SetLength(0);
            return new MemoryFile(this, content);
        }
    }

    internal override FileView View(string path)
    {
        return new MemoryView(this.FileExists(path) ? this.ReadFile(path) : []);
    }

    internal override FileStatus? StatusOf(string path)
    {
        lock (_lock)
            return (Find(path) as MemoryContent)?.Status;
    }

    internal override bool DirectoryExists(string path)
    {
        lock (_lock)
            return Find(path) is MemoryDirectory;
    }

    internal override string[] ListFiles(string directory) => List<MemoryContent>(directory);

    internal override string[] ListDirectories(string directory) => List<MemoryDirectory>(directory);

    internal override void CreateDirectory(string path)
    {
        lock (_lock)
        {
            var (directory, name) = Locate(path);
            directory.Entries.TryAdd(name, new MemoryDirectory());
        }
    }

    internal override void RenameFile(string from, string to) => Rename<MemoryContent>(from, to, replaces: true);

    internal override void RenameDirectory(string from, string to) => Rename<MemoryDirectory>(from, to, replaces: false);

    internal override void DeleteFile(string path) => Delete(path);

    internal override void DeleteDirectory(string path) => Delete(path);

    internal override void FlushDirectory(string path)
    {
        lock (_lock)
            DirectoryAt(path).Sync();
    }

    internal override IDisposable? TryLock(string path)
    {
        Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite).Dispose();
        lock (_lock)
            return _locked.Add(path) ? new Lease(this, path) : null;
    }

    internal override (long TotalBytes, long UsableBytes) SpaceOf(string path) => (-1, -1);

    private MemoryDisk Copied(Func<MemoryDirectory> copy)
    {
        lock (_lock)
            return new MemoryDisk(copy(), _time);
    }

    private void Rename<T>(string from, string to, bool replaces)
    {
        lock (_lock)
        {
            var (source, name) = Locate(from);
            var (target, newName) = Locate(to);
            if (!source.Entries.TryGetValue(name, out var entry) || entry is not T)
                throw new FileNotFoundException($"There is no {from} to rename.", from);
            if (!replaces && target.Entries.ContainsKey(newName))
                throw new IOException($"{to} exists already.");
            source.Entries.Remove(name);
            target.Entries[newName] = entry;
        }
    }

    private void Delete(string path)
    {
        lock (_lock)
        {
            var (directory, name) = Locate(path);
            directory.Entries.Remove(name);
        }
    }

    private string[] List<T>(string directory)
    {
        lock (_lock)
            return [.. DirectoryAt(directory).Entries.Where(e => e.Value is T).Select(e => e.Key)];
    }

    private (MemoryDirectory Directory, string Name) Locate(string path) =>
        (DirectoryAt(Path.GetDirectoryName(path) ?? throw new UnauthorizedAccessException($"{path} is the root.")), Path.GetFileName(path));

    private MemoryDirectory DirectoryAt(string path) =>
        Find(path) as MemoryDirectory ?? throw new DirectoryNotFoundException($"There is no directory {path}.");

    private object? Find(string path)
    {
        object? found = _root;
        foreach (var name in path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries))
        {
            if (found is not MemoryDirectory directory || !directory.Entries.TryGetValue(name, out found))
                return null;
        }

        return found;
    }

    /// <summary>Changes one file at a time on the whole disk: a copy has to be of one moment for all of them.</summary>
    internal sealed class MemoryFile(MemoryDisk disk, MemoryContent content) : DiskFile
    {
        public override SafeFileHandle? Handle => null;

        public override long Length => content.Status.Length;

        public override int Read(Span<byte> destination, long position) => content.Read(destination, position);

        public override void Write(ReadOnlySpan<byte> source, long position)
        {
            lock (disk._lock)
                content.Write(source, position);
        }

        public override void SetLength(long length)
        {
            lock (disk._lock)
                content.SetLength(length);
        }

        /// <inheritdoc cref="MemoryContent.LoseUnsynced"/>
        public void LoseUnsynced() => content.LoseUnsynced();

        public override void Dispose()
        {
        }

        protected override void Sync()
        {
            lock (disk._lock)
                content.Sync();
        }
    }

    private sealed class MemoryView(byte[] bytes) : FileView
    {
        public override ReadOnlySpan<byte> Bytes => bytes;

        public override void Dispose()
        {
        }
    }

    private sealed class Lease(MemoryDisk disk, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (disk._lock)
                disk._locked.Remove(path);
        }
    }
}
