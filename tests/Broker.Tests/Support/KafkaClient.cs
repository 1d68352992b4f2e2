using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Broker.Protocol;

namespace Broker.Tests.Support;

/// <summary>A raw connection: frames as the test makes them, answers in the order they come.</summary>
internal sealed class KafkaClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private Stream _stream = Stream.Null;
    private int _correlationId;

    /// <param name="port">Of the listener.</param>
    /// <param name="tls">How to go behind TLS; null to stay in plain text.</param>
    public static async Task<KafkaClient> ConnectAsync(int port, SslClientAuthenticationOptions? tls = null)
    {
        var client = new KafkaClient();
        try
        {
            await client._socket.ConnectAsync(IPAddress.Loopback, port);
            client._stream = new NetworkStream(client._socket);
            if (tls is not null)
                client._stream = await client.SecureAsync(tls);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request without waiting for its answer.</summary>
    /// <returns>Its correlation id.</returns>
    public async Task<int> SendAsync<TRequest>(TRequest request, short version)
        where TRequest : IRequest<TRequest>
    {
        using var buffer = new FrameBuffer();
        var id = ++_correlationId;
        Frame.WriteRequest(buffer, version, id, "test", request);
        await SendRawAsync(buffer.Written);
        return id;
    }

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes);

    /// <summary>The next answer, which must be the one to the given request.</summary>
    public async Task<TResponse> ReceiveAsync<TResponse>(ApiKey key, short version, int correlationId)
        where TResponse : IMessage<TResponse>
    {
        var frame = await ReceiveFrameAsync() ?? throw new IOException("The broker closed the connection.");
        return Parse<TResponse>(frame, key, version, correlationId);
    }

    public async Task<TResponse> AskAsync<TRequest, TResponse>(TRequest request, short version)
        where TRequest : IRequest<TRequest>
        where TResponse : IMessage<TResponse>
    {
        var id = await SendAsync(request, version);
        return await ReceiveAsync<TResponse>(TRequest.ApiKey, version, id);
    }

    /// <summary>The next frame without its length, or null when the broker has closed.</summary>
    public async Task<byte[]?> ReceiveFrameAsync()
    {
        var prefix = new byte[4];
        if (!await FillAsync(prefix))
            return null;
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
        return await FillAsync(frame) ? frame : throw new IOException("The broker closed inside an answer.");
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private async Task<SslStream> SecureAsync(SslClientAuthenticationOptions tls)
    {
        using var patience = new CancellationTokenSource(Patience);
        var secured = new SslStream(_stream);
        await secured.AuthenticateAsClientAsync(tls, patience.Token);
        return secured;
    }

    private static TResponse Parse<TResponse>(byte[] frame, ApiKey key, short version, int correlationId)
        where TResponse : IMessage<TResponse>
    {
        var reader = new ProtocolReader(frame);
        Assert.Equal(correlationId, ResponseHeader.Read(ref reader, key, version).CorrelationId);
        var response = TResponse.Read(ref reader, version);
        Assert.False(reader.Failed, "The answer does not follow its format.");
        Assert.Equal(0, reader.Remaining);
        return response;
    }

    private async Task<bool> FillAsync(Memory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        var whole = bytes.Length;
        while (bytes.Length > 0)
        {
            int received;
            try
            {
                received = await _stream.ReadAsync(bytes, patience.Token);
            }
            catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
            {
                received = 0;
            }

            if (received == 0)
                return bytes.Length == whole && whole > 0 ? false : throw new IOException("The broker closed inside a frame.");
            bytes = bytes[received..];
        }

        return true;
    }
}
