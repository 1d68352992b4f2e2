using System.Collections.Concurrent;
using Broker.Storage.Disks;
using Microsoft.Win32.SafeHandles;

namespace Broker.Storage;

/// <summary>
/// Whole batches in one file, which stays open and unchanged until Dispose, whatever retention or deletion do
/// meanwhile. Slices are reused: dispose exactly once, and touch none afterwards. One thread at a time.
/// </summary>
public sealed class LogSlice : IDisposable
{
    private static readonly ConcurrentQueue<LogSlice> Pool = new();

    private SegmentFiles? _files;

    private LogSlice()
    {
    }

    /// <summary>For sendfile; never close it. Null where the bytes are in no file of the machine: then copy them.</summary>
    public SafeFileHandle? Handle => Files.Log.Handle;

    /// <summary>First byte in the file.</summary>
    public long Position { get; private set; }

    /// <summary>In bytes.</summary>
    public int Length { get; private set; }

    private SegmentFiles Files => _files ?? throw new ObjectDisposedException(nameof(LogSlice));

    /// <summary>Copies all <see cref="Length"/> bytes to the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is shorter.</exception>
    public void CopyTo(Span<byte> destination) => CopyTo(0, destination[..Length]);

    /// <summary>Copies a part: <paramref name="destination"/>.Length bytes from <paramref name="start"/>, counted from the slice's first byte.</summary>
    public void CopyTo(int start, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - destination.Length);
        Files.Log.ReadExactly(destination, Position + start);
    }

    public void Dispose()
    {
        var files = Interlocked.Exchange(ref _files, null);
        if (files is null)
            return;
        files.Release();
        Pool.Enqueue(this);
    }

    /// <summary>Takes over the caller's reference to <paramref name="files"/>.</summary>
    internal static LogSlice Rent(SegmentFiles files, long position, int length)
    {
        if (!Pool.TryDequeue(out var slice))
            slice = new LogSlice();
        slice.Position = position;
        slice.Length = length;
        slice._files = files;
        return slice;
    }
}
