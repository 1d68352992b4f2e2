namespace Broker.Protocol.Messages;

/// <summary>Versions 0-2. 1: how long the session lasts before the client must authenticate again (KIP-368).</summary>
public sealed class SaslAuthenticateRequest : IRequest<SaslAuthenticateRequest>
{
    public static ApiKey ApiKey => ApiKey.SaslAuthenticate;

    public static ApiVersionRange Versions => new(0, 2);

    public byte[] AuthBytes { get; set; } = [];

    public static SaslAuthenticateRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new SaslAuthenticateRequest();
        request.AuthBytes = reader.ReadBytes();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteBytes(AuthBytes);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="SaslAuthenticateRequest"/>
public sealed class SaslAuthenticateResponse : IMessage<SaslAuthenticateResponse>
{
    public ErrorCode ErrorCode { get; set; }
    public string? ErrorMessage { get; set; }
    public byte[] AuthBytes { get; set; } = [];
    public long SessionLifetimeMs { get; set; }

    public static SaslAuthenticateResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new SaslAuthenticateResponse();
        response.ErrorCode = reader.ReadErrorCode();
        response.ErrorMessage = reader.ReadNullableString();
        response.AuthBytes = reader.ReadBytes();
        if (version >= 1)
            response.SessionLifetimeMs = reader.ReadInt64();
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteErrorCode(ErrorCode);
        writer.WriteNullableString(ErrorMessage);
        writer.WriteBytes(AuthBytes);
        if (version >= 1)
            writer.WriteInt64(SessionLifetimeMs);
        writer.WriteTagCount();
    }
}
