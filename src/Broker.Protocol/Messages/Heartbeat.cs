namespace Broker.Protocol.Messages;

/// <summary>Versions 0-4. 3: static members.</summary>
public sealed class HeartbeatRequest : IRequest<HeartbeatRequest>
{
    public static ApiKey ApiKey => ApiKey.Heartbeat;

    public static ApiVersionRange Versions => new(0, 4);

    public string GroupId { get; set; } = "";
    public int GenerationId { get; set; }
    public string MemberId { get; set; } = "";
    public string? GroupInstanceId { get; set; }

    public static HeartbeatRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new HeartbeatRequest();
        request.GroupId = reader.ReadString();
        request.GenerationId = reader.ReadInt32();
        request.MemberId = reader.ReadString();
        if (version >= 3)
            request.GroupInstanceId = reader.ReadNullableString();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(GroupId);
        writer.WriteInt32(GenerationId);
        writer.WriteString(MemberId);
        if (version >= 3)
            writer.WriteNullableString(GroupInstanceId);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="HeartbeatRequest"/>
public sealed class HeartbeatResponse : IMessage<HeartbeatResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }

    public static HeartbeatResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new HeartbeatResponse();
        if (version >= 1)
            response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 1)
            writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        writer.WriteTagCount();
    }
}
