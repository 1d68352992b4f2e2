using Microsoft.Win32.SafeHandles;

namespace Broker.Storage.Disks;

/// <summary>One open file: positioned reads and writes, fsync, cut. Reads may run beside each other and beside one write.</summary>
internal abstract class DiskFile : IDisposable
{
    /// <summary>For sendfile; null where the bytes are in no file of the machine.</summary>
    public abstract SafeFileHandle? Handle { get; }

    public abstract long Length { get; }

    /// <summary>May return fewer bytes than asked, 0 only at the end.</summary>
    public abstract int Read(Span<byte> destination, long position);

    /// <summary>All or an exception; after the exception any part may have been written.</summary>
    public abstract void Write(ReadOnlySpan<byte> source, long position);

    public abstract void SetLength(long length);

    /// <summary>Sets room aside for a file of this many bytes; neither its length nor its content changes. <see cref="SetLength"/> gives it back.</summary>
    /// <returns>False where the room is not there, or the file system has no such thing.</returns>
    public virtual bool TryReserve(long bytes) => false;

    /// <summary>Lets the system begin to write these bytes to the disk, so that the next fsync has less to do. Promises nothing, and does nothing where there is no such call.</summary>
    public virtual void StartWriteBack(long from, long to)
    {
    }

    /// <summary>fsync.</summary>
    /// <exception cref="FlushFailedException">What was written since the last is on disk or not, and asking again does not tell.</exception>
    public void Flush()
    {
        try
        {
            Sync();
        }
        catch (IOException e)
        {
            throw new FlushFailedException(e);
        }
    }

    public abstract void Dispose();

    protected abstract void Sync();
}

/// <summary>An fsync failed, also when for want of space. Never repeated: the kernel may have dropped the bytes and say yes the next time.</summary>
internal sealed class FlushFailedException(IOException cause) : IOException($"An fsync failed: {cause.Message}", cause);

/// <summary>Dispose ends the view: nobody may look at <see cref="Bytes"/> any more.</summary>
internal abstract class FileView : IDisposable
{
    public abstract ReadOnlySpan<byte> Bytes { get; }

    public abstract void Dispose();
}
