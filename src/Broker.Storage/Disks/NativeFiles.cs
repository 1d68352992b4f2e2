using System.Runtime.InteropServices;

namespace Broker.Storage.Disks;

/// <summary>What a file system is asked for that .NET has no call for.</summary>
internal static partial class NativeFiles
{
    private const int ReadOnly = 0;

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

    private static IOException Failure(string call, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} of {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
