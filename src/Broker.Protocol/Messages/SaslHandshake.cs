namespace Broker.Protocol.Messages;

/// <summary>Versions 0-1, never flexible. 1: the tokens that follow travel in SaslAuthenticate requests instead of bare.</summary>
public sealed class SaslHandshakeRequest : IRequest<SaslHandshakeRequest>
{
    public static ApiKey ApiKey => ApiKey.SaslHandshake;

    public static ApiVersionRange Versions => new(0, 1);

    public string Mechanism { get; set; } = "";

    public static SaslHandshakeRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new SaslHandshakeRequest();
        request.Mechanism = reader.ReadString();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(Mechanism);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="SaslHandshakeRequest"/>
public sealed class SaslHandshakeResponse : IMessage<SaslHandshakeResponse>
{
    public ErrorCode ErrorCode { get; set; }
    public IReadOnlyList<string> Mechanisms { get; set; } = [];

    public static SaslHandshakeResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new SaslHandshakeResponse();
        response.ErrorCode = reader.ReadErrorCode();
        response.Mechanisms = reader.ReadStringArray();
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteErrorCode(ErrorCode);
        writer.WriteStringArray(Mechanisms);
        writer.WriteTagCount();
    }
}
