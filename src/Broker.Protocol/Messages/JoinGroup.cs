namespace Broker.Protocol.Messages;

/// <summary>
/// Versions 0-9. 1: rebalance timeout. 4: a new member is first told its id. 5: static members (KIP-345). 7: protocol type.
/// 8: the reason for joining. 9: the leader may be told to skip the assignment (KIP-814).
/// </summary>
public sealed class JoinGroupRequest : IRequest<JoinGroupRequest>
{
    public static ApiKey ApiKey => ApiKey.JoinGroup;

    public static ApiVersionRange Versions => new(0, 9);

    public string GroupId { get; set; } = "";
    public int SessionTimeoutMs { get; set; }
    public int RebalanceTimeoutMs { get; set; } = -1;
    public string MemberId { get; set; } = "";
    public string? GroupInstanceId { get; set; }
    public string ProtocolType { get; set; } = "";
    public IReadOnlyList<JoinGroupRequestProtocol> Protocols { get; set; } = [];
    public string? Reason { get; set; }

    public static JoinGroupRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new JoinGroupRequest();
        request.GroupId = reader.ReadString();
        request.SessionTimeoutMs = reader.ReadInt32();
        if (version >= 1)
            request.RebalanceTimeoutMs = reader.ReadInt32();
        request.MemberId = reader.ReadString();
        if (version >= 5)
            request.GroupInstanceId = reader.ReadNullableString();
        request.ProtocolType = reader.ReadString();
        request.Protocols = reader.ReadArray<JoinGroupRequestProtocol>(version);
        if (version >= 8)
            request.Reason = reader.ReadNullableString();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(GroupId);
        writer.WriteInt32(SessionTimeoutMs);
        if (version >= 1)
            writer.WriteInt32(RebalanceTimeoutMs);
        writer.WriteString(MemberId);
        if (version >= 5)
            writer.WriteNullableString(GroupInstanceId);
        writer.WriteString(ProtocolType);
        writer.WriteArray(Protocols, version);
        if (version >= 8)
            writer.WriteNullableString(Reason);
        writer.WriteTagCount();
    }

    public sealed class JoinGroupRequestProtocol : IMessage<JoinGroupRequestProtocol>
    {
        public string Name { get; set; } = "";
        public byte[] Metadata { get; set; } = [];

        public static JoinGroupRequestProtocol Read(ref ProtocolReader reader, short version)
        {
            var protocol = new JoinGroupRequestProtocol();
            protocol.Name = reader.ReadString();
            protocol.Metadata = reader.ReadBytes();
            reader.SkipTaggedFields();
            return protocol;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteBytes(Metadata);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="JoinGroupRequest"/>
public sealed class JoinGroupResponse : IMessage<JoinGroupResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public int GenerationId { get; set; } = -1;
    public string? ProtocolType { get; set; }
    public string? ProtocolName { get; set; }
    public string Leader { get; set; } = "";
    public bool SkipAssignment { get; set; }
    public string MemberId { get; set; } = "";
    public IReadOnlyList<JoinGroupResponseMember> Members { get; set; } = [];

    public static JoinGroupResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new JoinGroupResponse();
        if (version >= 2)
            response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        response.GenerationId = reader.ReadInt32();
        if (version >= 7)
            response.ProtocolType = reader.ReadNullableString();
        response.ProtocolName = version >= 7 ? reader.ReadNullableString() : reader.ReadString();
        response.Leader = reader.ReadString();
        if (version >= 9)
            response.SkipAssignment = reader.ReadBoolean();
        response.MemberId = reader.ReadString();
        response.Members = reader.ReadArray<JoinGroupResponseMember>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 2)
            writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        writer.WriteInt32(GenerationId);
        if (version >= 7)
            writer.WriteNullableString(ProtocolType);
        writer.WriteNullableString(version >= 7 ? ProtocolName : ProtocolName ?? "");
        writer.WriteString(Leader);
        if (version >= 9)
            writer.WriteBoolean(SkipAssignment);
        writer.WriteString(MemberId);
        writer.WriteArray(Members, version);
        writer.WriteTagCount();
    }

    public sealed class JoinGroupResponseMember : IMessage<JoinGroupResponseMember>
    {
        public string MemberId { get; set; } = "";
        public string? GroupInstanceId { get; set; }
        public byte[] Metadata { get; set; } = [];

        public static JoinGroupResponseMember Read(ref ProtocolReader reader, short version)
        {
            var member = new JoinGroupResponseMember();
            member.MemberId = reader.ReadString();
            if (version >= 5)
                member.GroupInstanceId = reader.ReadNullableString();
            member.Metadata = reader.ReadBytes();
            reader.SkipTaggedFields();
            return member;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(MemberId);
            if (version >= 5)
                writer.WriteNullableString(GroupInstanceId);
            writer.WriteBytes(Metadata);
            writer.WriteTagCount();
        }
    }
}
