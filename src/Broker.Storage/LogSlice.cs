using Microsoft.Win32.SafeHandles;

namespace Broker.Storage;

/// <summary>
/// Whole batches in one file, kept open until Dispose, whatever retention does meanwhile. Dispose exactly once: slices are reused.
/// </summary>
public sealed class LogSlice : IDisposable
{
    /// <summary>For sendfile; never close it.</summary>
    public SafeFileHandle Handle => throw new NotImplementedException();

    /// <summary>First byte in the file.</summary>
    public long Position => throw new NotImplementedException();

    /// <summary>In bytes.</summary>
    public int Length => throw new NotImplementedException();

    /// <summary>Copies all <see cref="Length"/> bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination) => throw new NotImplementedException();

    /// <summary>Copies part of the slice: <paramref name="destination"/>.Length bytes from <paramref name="start"/> on, counted from the slice's start.</summary>
    public void CopyTo(int start, Span<byte> destination) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
