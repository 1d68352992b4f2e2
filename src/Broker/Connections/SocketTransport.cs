using System.Net.Sockets;

namespace Broker.Connections;

/// <summary>A client without TLS.</summary>
internal sealed class SocketTransport(Socket socket) : ITransport
{
    public Socket? Plain => socket;

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, CancellationToken.None).ConfigureAwait(false)..];
    }

    public ValueTask EndAsync() => default;

    public void Dispose() => socket.Dispose();
}
