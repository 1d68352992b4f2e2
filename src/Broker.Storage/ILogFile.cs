using Microsoft.Win32.SafeHandles;

namespace Broker.Storage;

/// <summary>One open file, as storage uses it: positioned reads and writes, fsync, cut. Tests put a failing one here.</summary>
internal interface ILogFile : IDisposable
{
    SafeFileHandle Handle { get; }

    long Length { get; }

    /// <summary>May return fewer bytes than asked, 0 only at the end.</summary>
    int Read(Span<byte> destination, long position);

    /// <summary>All or an exception; after the exception any part may have been written.</summary>
    void Write(ReadOnlySpan<byte> source, long position);

    /// <summary>fsync.</summary>
    void Flush();

    void SetLength(long length);
}

internal delegate ILogFile OpenFile(string path, FileMode mode, FileAccess access);
