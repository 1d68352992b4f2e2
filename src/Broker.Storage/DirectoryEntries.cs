using System.Runtime.InteropServices;

namespace Broker.Storage;

/// <summary>
/// fsync of a directory: without it a power loss may undo the creation, renaming or deletion of a file whose content
/// is safe. .NET has no call for it. Windows journals directory changes itself and has nothing to call.
/// </summary>
internal static partial class DirectoryEntries
{
    private const int ReadOnly = 0;

    /// <exception cref="IOException">The entries may not be on disk.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;

        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
            throw Failure(directory);
        try
        {
            if (Fsync(descriptor) < 0)
                throw Failure(directory);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string directory)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"Cannot fsync the directory {directory}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
