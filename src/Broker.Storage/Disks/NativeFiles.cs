using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Broker.Storage.Disks;

/// <summary>What a file system is asked for that .NET has no call for.</summary>
internal static partial class NativeFiles
{
    private const int ReadOnly = 0;
    private const int KeepSize = 1;

    /// <summary>
    /// fsync of a directory: without it a power loss may undo the creation, renaming or deletion of a file whose content
    /// is safe. Windows journals directory changes itself and has nothing to call.
    /// </summary>
    /// <exception cref="FlushFailedException">The entries may not be on disk.</exception>
    public static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;

        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
            throw Failure("open", directory);
        try
        {
            if (Fsync(descriptor) < 0)
                throw new FlushFailedException(Failure("fsync", directory));
        }
        finally
        {
            _ = Close(descriptor);
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
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return Fallocate((int)file.DangerousGetHandle(), KeepSize, 0, (nint)bytes) == 0;
        }
        finally
        {
            if (held)
                file.DangerousRelease();
        }
    }

    private static IOException Failure(string call, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} of {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Fallocate(int descriptor, int mode, nint offset, nint length);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
