using System.Net.Sockets;
using Broker.Protocol;

namespace Conformance.Support;

/// <summary>A client that sends exactly the bytes it is given.</summary>
public sealed class RawClient : IDisposable
{
    public const string ClientId = "raw";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TcpClient _tcp;
    private readonly NetworkStream _stream;

    private RawClient(TcpClient tcp) => (_tcp, _stream) = (tcp, tcp.GetStream());

    public static async Task<RawClient> ConnectAsync(string bootstrapServers)
    {
        var colon = bootstrapServers.LastIndexOf(':');
        var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(bootstrapServers[..colon], int.Parse(bootstrapServers.AsSpan(colon + 1)));
        return new RawClient(tcp);
    }

    public async Task SendAsync(params byte[] bytes) => await _stream.WriteAsync(bytes);

    public async Task SendAsync<T>(T request, short version, int correlationId = 1)
        where T : IRequest<T>
    {
        using var buffer = new FrameBuffer();
        Frame.WriteRequest(buffer, version, correlationId, ClientId, request);
        await _stream.WriteAsync(buffer.Written);
    }

    public async Task<TResponse> AskAsync<TRequest, TResponse>(TRequest request, short version)
        where TRequest : IRequest<TRequest>
        where TResponse : IMessage<TResponse>
    {
        await SendAsync(request, version);
        return await ReceiveAsync<TResponse>(TRequest.ApiKey, version);
    }

    /// <summary>The next frame without its length.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var prefix = new byte[Frame.LengthSize];
        await _stream.ReadExactlyAsync(prefix, deadline.Token);
        var frame = new byte[Frame.ReadLength(prefix)];
        await _stream.ReadExactlyAsync(frame, deadline.Token);
        return frame;
    }

    public async Task<T> ReceiveAsync<T>(ApiKey key, short version, int correlationId = 1)
        where T : IMessage<T>
    {
        var frame = await ReceiveAsync();
        return Decode<T>(frame, key, version, correlationId);
    }

    /// <summary>Whether the broker closed without answering.</summary>
    public async Task<bool> IsClosedAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            return await _stream.ReadAsync(new byte[1], deadline.Token) == 0;
        }
        catch (IOException)
        {
            return true; // reset instead of an orderly end
        }
    }

    public void Dispose() => _tcp.Dispose();

    private static T Decode<T>(byte[] frame, ApiKey key, short version, int correlationId)
        where T : IMessage<T>
    {
        var reader = new ProtocolReader(frame);
        Assert.Equal(new ResponseHeader(correlationId), ResponseHeader.Read(ref reader, key, version));
        var message = T.Read(ref reader, version);
        Assert.False(reader.Failed);
        Assert.Equal(0, reader.Remaining);
        return message;
    }
}
