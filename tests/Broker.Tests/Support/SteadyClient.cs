using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Broker.Protocol;

namespace Broker.Tests.Support;

/// <summary>
/// A connection that allocates nothing once it is made: it sends a request that was written before and receives on the caller's
/// thread, into one buffer, without looking at more than the length and the last bytes of an answer.
/// </summary>
internal sealed class SteadyClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _received = new byte[256 * 1024];
    private readonly byte[] _request;

    private SteadyClient(byte[] request) => _request = request;

    public static SteadyClient Connect<TRequest>(TestBroker broker, TRequest request, short version)
        where TRequest : IRequest<TRequest>
    {
        using var buffer = new FrameBuffer();
        Frame.WriteRequest(buffer, version, correlationId: 7, "steady", request);
        var client = new SteadyClient(buffer.Written.ToArray());
        client._socket.Connect(IPAddress.Loopback, broker.Port);
        return client;
    }

    /// <summary>Where a number stands in the request, to be changed by <see cref="Put"/>.</summary>
    public int PlaceOf(long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return _request.AsSpan().IndexOf(bytes);
    }

    public void Put(int place, long number) => BinaryPrimitives.WriteInt64BigEndian(_request.AsSpan(place), number);

    public void Send()
    {
        for (var sent = 0; sent < _request.Length;)
            sent += _socket.Send(_request.AsSpan(sent));
    }

    /// <summary>A whole answer, of which the buffer has the beginning when it is longer.</summary>
    /// <returns>Its length without the prefix.</returns>
    public int Receive()
    {
        Fill(_received.AsSpan(0, Frame.LengthSize));
        var length = Frame.ReadLength(_received);
        for (var left = length; left > 0;)
        {
            var part = Math.Min(left, _received.Length);
            Fill(_received.AsSpan(0, part));
            left -= part;
        }

        return length;
    }

    /// <summary>The answer last received, if it fits the buffer.</summary>
    public TResponse Read<TResponse>(int length, ApiKey key, short version)
        where TResponse : IMessage<TResponse>
    {
        var reader = new ProtocolReader(_received.AsMemory(0, length));
        ResponseHeader.Read(ref reader, key, version);
        return TResponse.Read(ref reader, version);
    }

    public void Dispose() => _socket.Dispose();

    private void Fill(Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var count = _socket.Receive(bytes);
            if (count == 0)
                throw new IOException("The broker closed the connection.");
            bytes = bytes[count..];
        }
    }
}
