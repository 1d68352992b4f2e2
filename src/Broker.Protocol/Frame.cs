using System.Buffers.Binary;

namespace Broker.Protocol;

/// <summary>A frame: four bytes of length, a header, a body. The length does not count itself.</summary>
public static class Frame
{
    public const int LengthSize = 4;

    /// <summary>The shortest request: key, version, correlation id and a null client id.</summary>
    public const int MinRequestLength = 10;

    /// <summary>Reads the length prefix; the caller holds it against its limits before taking memory for it.</summary>
    public static int ReadLength(ReadOnlySpan<byte> prefix) => BinaryPrimitives.ReadInt32BigEndian(prefix);

    /// <summary>Writes one whole frame into <paramref name="buffer"/>, which must be fresh or reset. After an exception it must be reset.</summary>
    public static void WriteRequest<T>(FrameBuffer buffer, short version, int correlationId, string? clientId, T body)
        where T : IRequest<T>
    {
        Begin(buffer);
        new RequestHeader(T.ApiKey, version, correlationId, clientId).Write(buffer);
        WriteBody(buffer, T.ApiKey, version, body);
    }

    /// <inheritdoc cref="WriteRequest"/>
    public static void WriteResponse<T>(FrameBuffer buffer, ApiKey key, short version, int correlationId, T body)
        where T : IMessage<T>
    {
        Begin(buffer);
        new ResponseHeader(correlationId).Write(buffer, key, version);
        WriteBody(buffer, key, version, body);
    }

    /// <summary>Writes a frame that is nothing but a token, as SASL's are after a handshake of version 0.</summary>
    public static void WriteToken(FrameBuffer buffer, ReadOnlySpan<byte> token)
    {
        Begin(buffer);
        token.CopyTo(buffer.Append(token.Length));
        buffer.SetInt32(0, token.Length);
    }

    private static void Begin(FrameBuffer buffer)
    {
        if (buffer.Length > 0)
            throw new InvalidOperationException("The buffer still holds a frame.");

        buffer.Append(LengthSize);
    }

    private static void WriteBody<T>(FrameBuffer buffer, ApiKey key, short version, T body)
        where T : IMessage<T>
    {
        var writer = new ProtocolWriter(buffer, key.IsFlexible(version));
        body.Write(ref writer, version);
        buffer.SetInt32(0, checked((int)(buffer.TotalLength - LengthSize)));
    }
}
