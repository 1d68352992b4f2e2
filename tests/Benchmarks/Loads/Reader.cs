using System.Net;
using System.Net.Sockets;

namespace Benchmarks.Loads;

/// <summary>A connection that asks and takes whole answers into one buffer, without looking at more than it must.</summary>
internal sealed class Reader(int port) : IDisposable
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(16 * 1024 * 1024, pinned: true);
    private readonly Socket _socket = Connect(port);

    public void Send(ReadOnlySpan<byte> request) => _socket.Send(request);

    public Memory<byte> Receive(int count)
    {
        var bytes = _buffer.AsMemory(0, count);
        for (var rest = bytes.Span; rest.Length > 0;)
        {
            var received = _socket.Receive(rest);
            if (received == 0)
                throw new EndOfStreamException();
            rest = rest[received..];
        }

        return bytes;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The same loop on each connection at once; what they got in all.</summary>
    public static async Task<Throughput> MeasureAsync(int connections, Func<TimeSpan> cpu, Func<int, long> loop)
    {
        var measured = Throughput.Measure(cpu);
        var loops = Enumerable.Range(0, connections)
            .Select(i => Task.Factory.StartNew(() => loop(i), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        return measured((await Task.WhenAll(loops)).Sum());
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }
}
