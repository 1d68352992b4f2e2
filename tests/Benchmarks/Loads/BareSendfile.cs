using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Benchmarks.Brokers;

namespace Benchmarks.Loads;

/// <summary>
/// What the machine gives at best: a second process that answers each request (position and length, 12 bytes) with that part of a
/// file by sendfile, blocking, a thread for each connection, and nothing else.
/// </summary>
internal static partial class BareSendfile
{
    public const string Argument = "sendfile-server";

    /// <summary>In the second process: prints its port and serves until it is killed.</summary>
    public static void Serve(string path)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        while (true)
        {
            var socket = listener.AcceptSocket();
            socket.NoDelay = true;
            new Thread(() => Answer(socket, path)) { IsBackground = true }.Start();
        }
    }

    public static async Task<Throughput> RunAsync(string path, int connections, int passes)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(BareSendfile).Assembly.Location, Argument, path]) { RedirectStandardOutput = true };
        using var server = Process.Start(start)!;
        try
        {
            var port = int.Parse((await server.StandardOutput.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture);
            var size = new FileInfo(path).Length;
            return await Reader.MeasureAsync(connections, () => new ProcessUsage(server.Id).Cpu, _ => ReadAll(port, size, passes));
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
        }
    }

    private static long ReadAll(int port, long size, int passes)
    {
        using var reader = new Reader(port);
        var request = new byte[12];
        for (var pass = 0; pass < passes; pass++)
        {
            for (var position = 0L; position < size;)
            {
                var count = (int)Math.Min(BareFetch.AnswerSize, size - position);
                BinaryPrimitives.WriteInt64BigEndian(request, position);
                BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(8), count);
                reader.Send(request);
                reader.Receive(count);
                position += count;
            }
        }

        return size * passes;
    }

    private static void Answer(Socket socket, string path)
    {
        using var file = File.OpenHandle(path);
        var request = new byte[12];
        while (socket.Receive(request) == request.Length)
        {
            var position = BinaryPrimitives.ReadInt64BigEndian(request);
            for (long left = BinaryPrimitives.ReadInt32BigEndian(request.AsSpan(8)); left > 0;)
            {
                var sent = SendFile((int)socket.Handle, (int)file.DangerousGetHandle(), ref position, (nint)left);
                if (sent <= 0)
                    throw new IOException($"sendfile: {Marshal.GetLastPInvokeErrorMessage()}");
                left -= sent;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFile(int socket, int file, ref long position, nint count);
}
