using Microsoft.Win32.SafeHandles;

namespace Broker.Storage.Disks;

/// <summary>
/// Another disk until <see cref="Detach"/>; from then on nothing that is written, renamed or deleted reaches it, as when the process that
/// used it is killed. What is open can still be read and closed. For tests that kill a broker inside their own process.
/// </summary>
public sealed class DetachableDisk(Disk disk) : Disk
{
    private volatile bool _detached;

    /// <summary>At once and for good. A write or fsync that has begun may still arrive.</summary>
    public void Detach() => _detached = true;

    internal override DiskFile Open(string path, FileMode mode, FileAccess access)
    {
        if (mode != FileMode.Open)
            ThrowIfDetached();
        return new DetachableFile(this, disk.Open(path, mode, access));
    }

    internal override FileView View(string path) => disk.View(path);

    internal override FileStatus? StatusOf(string path) => disk.StatusOf(path);

    internal override bool DirectoryExists(string path) => disk.DirectoryExists(path);

    internal override string[] ListFiles(string directory) => disk.ListFiles(directory);

    internal override string[] ListDirectories(string directory) => disk.ListDirectories(directory);

    internal override void CreateDirectory(string path)
    {
        ThrowIfDetached();
        disk.CreateDirectory(path);
    }

    internal override void RenameFile(string from, string to)
    {
        ThrowIfDetached();
        disk.RenameFile(from, to);
    }

    internal override void RenameDirectory(string from, string to)
    {
        ThrowIfDetached();
        disk.RenameDirectory(from, to);
    }

    /// <summary>Without a word when detached: a stop tidies up, and a kill does not.</summary>
    internal override void DeleteFile(string path)
    {
        if (!_detached)
            disk.DeleteFile(path);
    }

    /// <inheritdoc cref="DeleteFile"/>
    internal override void DeleteDirectory(string path)
    {
        if (!_detached)
            disk.DeleteDirectory(path);
    }

    internal override void FlushDirectory(string path)
    {
        ThrowIfDetached();
        disk.FlushDirectory(path);
    }

    internal override IDisposable? TryLock(string path) => disk.TryLock(path);

    internal override (long TotalBytes, long UsableBytes) SpaceOf(string path) => disk.SpaceOf(path);

    private void ThrowIfDetached()
    {
        if (_detached)
            throw new IOException("The disk is detached: its user counts as killed.");
    }

    private sealed class DetachableFile(DetachableDisk owner, DiskFile file) : DiskFile
    {
        public override SafeFileHandle? Handle => file.Handle;

        public override long Length => file.Length;

        public override int Read(Span<byte> destination, long position) => file.Read(destination, position);

        public override void Write(ReadOnlySpan<byte> source, long position)
        {
            owner.ThrowIfDetached();
            file.Write(source, position);
        }

        public override void SetLength(long length)
        {
            owner.ThrowIfDetached();
            file.SetLength(length);
        }

        public override bool TryReserve(long bytes)
        {
            owner.ThrowIfDetached();
            return file.TryReserve(bytes);
        }

        public override void StartWriteBack(long from, long to) => file.StartWriteBack(from, to);

        public override void Dispose() => file.Dispose();

        protected override void Sync()
        {
            owner.ThrowIfDetached();
            file.Flush();
        }
    }
}
