using System.Net.Sockets;

namespace Broker.Connections;

/// <summary>A client without TLS. Adds no step of its own to the socket's, which does not allocate for a receive or a send that waits.</summary>
internal sealed class SocketTransport(Socket socket) : ITransport
{
    public Socket? Plain => socket;

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes) => socket.SendAsync(bytes, SocketFlags.None, CancellationToken.None);

    public ValueTask EndAsync() => default;

    public void Dispose() => socket.Dispose();
}
