namespace Broker.Storage.Disks;

internal sealed class RealDisk : Disk
{
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    internal override DiskFile Open(string path, FileMode mode, FileAccess access) =>
        new RealFile(File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete));

    internal override FileView View(string path) => new MappedFile(path);

    internal override FileStatus? StatusOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStatus(file.Length, new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds()) : null;
    }

    internal override bool DirectoryExists(string path) => Directory.Exists(path);

    internal override string[] ListFiles(string directory) => Array.ConvertAll(Directory.GetFiles(directory), static path => Path.GetFileName(path));

    internal override string[] ListDirectories(string directory) =>
        Array.ConvertAll(Directory.GetDirectories(directory), static path => Path.GetFileName(path));

    internal override void CreateDirectory(string path) => Directory.CreateDirectory(path);

    internal override void RenameFile(string from, string to) => File.Move(from, to, overwrite: true);

    internal override void RenameDirectory(string from, string to) => Directory.Move(from, to);

    internal override void DeleteFile(string path) => File.Delete(path);

    internal override void DeleteDirectory(string path) => Directory.Delete(path, recursive: true);

    internal override void FlushDirectory(string path) => NativeFiles.FlushDirectory(path);

    /// <summary>The kernel drops the lock when the process ends, however it ends.</summary>
    internal override IDisposable? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (e.HResult is WouldBlockLinux or WouldBlockMac or WindowsSharingViolation)
        {
            return null;
        }
    }

    internal override (long TotalBytes, long UsableBytes) SpaceOf(string path)
    {
        var volume = new DriveInfo(path);
        return (volume.TotalSize, volume.AvailableFreeSpace);
    }
}
