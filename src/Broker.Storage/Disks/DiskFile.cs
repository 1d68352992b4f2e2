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

    /// <summary>Makes room for a file of this many bytes; neither its length nor its content changes. Does nothing where the file system cannot.</summary>
    /// <exception cref="IOException">The room is not there.</exception>
    public virtual void Reserve(long bytes)
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
