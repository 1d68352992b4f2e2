using Microsoft.Win32.SafeHandles;

namespace Broker.Storage;

internal sealed class DiskFile(SafeFileHandle handle) : ILogFile
{
    public SafeFileHandle Handle => handle;

    public long Length => RandomAccess.GetLength(handle);

    public static ILogFile Open(string path, FileMode mode, FileAccess access) =>
        new DiskFile(File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete));

    public int Read(Span<byte> destination, long position) => RandomAccess.Read(handle, destination, position);

    public void Write(ReadOnlySpan<byte> source, long position) => RandomAccess.Write(handle, source, position);

    public void Flush() => RandomAccess.FlushToDisk(handle);

    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public void Dispose() => handle.Dispose();
}
