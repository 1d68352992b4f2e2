using System.Runtime.InteropServices;

namespace Broker.Connections;

/// <summary>sendfile(2) and poll(2), for 64-bit Linux only: its offset has 64 bits there in every C library.</summary>
internal static partial class NativeSocket
{
    private const int Interrupted = 4;
    private const int WouldBlock = 11;
    private const short Writable = 4;

    public static bool SendFileSupported { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>
    /// Sends from a file to a non-blocking socket, at most what the socket's buffer takes now.
    /// </summary>
    /// <returns>Bytes sent; 0 when the socket's buffer is full; -1 when the file ended or the kernel refused (<paramref name="error"/> is 0 in the first case).</returns>
    public static long SendFile(SafeHandle socket, SafeHandle file, long position, long count, out int error)
    {
        bool socketHeld = false, fileHeld = false;
        try
        {
            socket.DangerousAddRef(ref socketHeld);
            file.DangerousAddRef(ref fileHeld);
            while (true)
            {
                var sent = SendFile((int)socket.DangerousGetHandle(), (int)file.DangerousGetHandle(), ref position, (nint)count);
                error = sent < 0 ? Marshal.GetLastPInvokeError() : 0;
                if (sent > 0)
                    return sent;
                if (error == WouldBlock)
                    return 0;
                if (error != Interrupted)
                    return -1;
            }
        }
        finally
        {
            if (socketHeld)
                socket.DangerousRelease();
            if (fileHeld)
                file.DangerousRelease();
        }
    }

    /// <summary>Sleeps until the socket's buffer has room; false when it has none in time, and when the connection is lost.</summary>
    public static bool IsWritableWithin(SafeHandle socket, int milliseconds)
    {
        var held = false;
        try
        {
            socket.DangerousAddRef(ref held);
            var poll = new Poll { Socket = (int)socket.DangerousGetHandle(), Asked = Writable };
            return PollOne(ref poll, 1, milliseconds) == 1 && poll.Found == Writable;
        }
        finally
        {
            if (held)
                socket.DangerousRelease();
        }
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int PollOne(ref Poll poll, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFile(int socket, int file, ref long position, nint count);

    private struct Poll
    {
        public int Socket;
        public short Asked;
        public short Found;
    }
}
