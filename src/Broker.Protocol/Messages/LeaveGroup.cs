namespace Broker.Protocol.Messages;

/// <summary>Versions 0-5. 0-2: one member. 3: several at once, by id or instance. 5: the reason.</summary>
public sealed class LeaveGroupRequest : IRequest<LeaveGroupRequest>
{
    public static ApiKey ApiKey => ApiKey.LeaveGroup;

    public static ApiVersionRange Versions => new(0, 5);

    public string GroupId { get; set; } = "";
    public string MemberId { get; set; } = "";
    public IReadOnlyList<MemberIdentity> Members { get; set; } = [];

    public static LeaveGroupRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new LeaveGroupRequest();
        request.GroupId = reader.ReadString();
        if (version <= 2)
            request.MemberId = reader.ReadString();
        if (version >= 3)
            request.Members = reader.ReadArray<MemberIdentity>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(GroupId);
        if (version <= 2)
            writer.WriteString(MemberId);
        if (version >= 3)
            writer.WriteArray(Members, version);
        writer.WriteTagCount();
    }

    public sealed class MemberIdentity : IMessage<MemberIdentity>
    {
        public string MemberId { get; set; } = "";
        public string? GroupInstanceId { get; set; }
        public string? Reason { get; set; }

        public static MemberIdentity Read(ref ProtocolReader reader, short version)
        {
            var member = new MemberIdentity();
            member.MemberId = reader.ReadString();
            member.GroupInstanceId = reader.ReadNullableString();
            if (version >= 5)
                member.Reason = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return member;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(MemberId);
            writer.WriteNullableString(GroupInstanceId);
            if (version >= 5)
                writer.WriteNullableString(Reason);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="LeaveGroupRequest"/>
public sealed class LeaveGroupResponse : IMessage<LeaveGroupResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public IReadOnlyList<MemberResponse> Members { get; set; } = [];

    public static LeaveGroupResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new LeaveGroupResponse();
        if (version >= 1)
            response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        if (version >= 3)
            response.Members = reader.ReadArray<MemberResponse>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 1)
            writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        if (version >= 3)
            writer.WriteArray(Members, version);
        writer.WriteTagCount();
    }

    public sealed class MemberResponse : IMessage<MemberResponse>
    {
        public string MemberId { get; set; } = "";
        public string? GroupInstanceId { get; set; }
        public ErrorCode ErrorCode { get; set; }

        public static MemberResponse Read(ref ProtocolReader reader, short version)
        {
            var response = new MemberResponse();
            response.MemberId = reader.ReadString();
            response.GroupInstanceId = reader.ReadNullableString();
            response.ErrorCode = reader.ReadErrorCode();
            reader.SkipTaggedFields();
            return response;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(MemberId);
            writer.WriteNullableString(GroupInstanceId);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteTagCount();
        }
    }
}
