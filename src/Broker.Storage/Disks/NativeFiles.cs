using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Broker.Storage.Disks;

/// <summary>What a file system is asked for that .NET has no call for, or one that does not say all.</summary>
internal static partial class NativeFiles
{
    private const int ReadOnly = 0;
    private const int KeepSize = 1;
    private const int Interrupted = 4;
    private const uint BeginToWrite = 2;

    /// <summary>
    /// fsync of a file. .NET's own takes EROFS, EINVAL and ENOTSUP for success, which a file system that an error has made read-only
    /// answers although the bytes are not on disk. Elsewhere than on Linux .NET's call follows, for the drive's cache (F_FULLFSYNC on macOS).
    /// </summary>
    /// <exception cref="IOException">What was written may not be on disk.</exception>
    public static void Flush(SafeFileHandle file)
    {
        if (!OperatingSystem.IsWindows())
            Sync(file);
        if (!OperatingSystem.IsLinux())
            RandomAccess.FlushToDisk(file);
    }

    /// <summary>
    /// fsync of a directory: without it a power loss may undo the creation, renaming or deletion of a file whose content
    /// is safe. Windows journals directory changes itself and has nothing to call.
    /// </summary>
    /// <exception cref="FlushFailedException">The entries may not be on disk.</exception>
    public static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;

        using var opened = Open(directory, ReadOnly);
        if (opened.IsInvalid)
            throw Failure($"open of {directory}");
        try
        {
            Sync(opened);
        }
        catch (IOException e)
        {
            throw new FlushFailedException(e);
        }
    }

    /// <summary>
    /// fallocate with the length kept, for 64-bit Linux only: its offset has 64 bits there in every C library. posix_fallocate would
    /// lengthen the file, and write zeros where the file system cannot do it.
    /// </summary>
    public static bool TryReserve(SafeFileHandle file, long bytes)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return false;
        return Fallocate(file, KeepSize, 0, (nint)bytes) == 0;
    }

    /// <summary>
    /// sync_file_range, which only begins to write: on 64-bit Linux, as <see cref="TryReserve"/>. What it answers is of no use: an error that
    /// the disk reports later comes to light at the next fsync, and so does one that it reports at once.
    /// </summary>
    public static void StartWriteBack(SafeFileHandle file, long from, long to)
    {
        if (OperatingSystem.IsLinux() && Environment.Is64BitProcess)
            _ = SyncFileRange(file, (nint)from, (nint)(to - from), BeginToWrite);
    }

    private static void Sync(SafeFileHandle file)
    {
        while (Fsync(file) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
                throw Failure("fsync");
        }
    }

    private static IOException Failure(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Fallocate(SafeFileHandle file, int mode, nint offset, nint length);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeFileHandle file, nint offset, nint length, uint flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);
}
