using System.Net.Security;
using System.Net.Sockets;
using Broker.Connections;

namespace Broker.Security.Tls;

/// <summary>A client behind TLS, after its handshake.</summary>
internal sealed class TlsTransport(SslStream stream) : ITransport
{
    public Socket? Plain => null;

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Lost(e);
        }
    }

    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await stream.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
            return bytes.Length;
        }
        catch (IOException e)
        {
            throw Lost(e);
        }
    }

    /// <summary>Without this alert a client cannot tell an orderly end from one that somebody else made.</summary>
    public async ValueTask EndAsync()
    {
        try
        {
            await stream.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or SocketException)
        {
            // The client went first.
        }
    }

    public void Dispose() => stream.Dispose();

    private static Exception Lost(IOException e) => e.InnerException switch
    {
        SocketException lost => lost,
        ObjectDisposedException cut => cut,
        _ => new SocketException((int)SocketError.ConnectionReset, e.Message),
    };
}
