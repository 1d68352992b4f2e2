using System.Net.Sockets;

namespace Broker.Connections;

/// <summary>
/// Bytes to and from one client, through TLS or not. One receiver and one sender at a time. A lost connection is a
/// <see cref="SocketException"/> or, where this side has cut it, an <see cref="ObjectDisposedException"/>.
/// </summary>
internal interface ITransport : IDisposable
{
    /// <summary>The socket, where its bytes are the client's bytes; null where they must be encrypted first.</summary>
    Socket? Plain { get; }

    /// <returns>How many came; 0 when the client has closed, or for an empty buffer, which waits until something is there.</returns>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <returns>How many were sent: at least one.</returns>
    ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Tells the client that nothing more will come.</summary>
    ValueTask EndAsync();
}
