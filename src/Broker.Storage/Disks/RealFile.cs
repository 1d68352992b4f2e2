using Microsoft.Win32.SafeHandles;

namespace Broker.Storage.Disks;

internal sealed class RealFile(SafeFileHandle handle) : DiskFile
{
    public override SafeFileHandle Handle => handle;

    public override long Length => RandomAccess.GetLength(handle);

    public override int Read(Span<byte> destination, long position) => RandomAccess.Read(handle, destination, position);

    public override void Write(ReadOnlySpan<byte> source, long position) => RandomAccess.Write(handle, source, position);

    public override void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public override bool TryReserve(long bytes) => NativeFiles.TryReserve(handle, bytes);

    public override void StartWriteBack(long from, long to) => NativeFiles.StartWriteBack(handle, from, to);

    public override void Dispose() => handle.Dispose();

    protected override void Sync() => NativeFiles.Flush(handle);
}
