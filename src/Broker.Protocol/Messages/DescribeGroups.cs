namespace Broker.Protocol.Messages;

/// <summary>Versions 0-6. 3: authorized operations. 4: static members. 6: GROUP_ID_NOT_FOUND with a message instead of a dead group.</summary>
public sealed class DescribeGroupsRequest : IRequest<DescribeGroupsRequest>
{
    public static ApiKey ApiKey => ApiKey.DescribeGroups;

    public static ApiVersionRange Versions => new(0, 6);

    public IReadOnlyList<string> Groups { get; set; } = [];
    public bool IncludeAuthorizedOperations { get; set; }

    public static DescribeGroupsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DescribeGroupsRequest();
        request.Groups = reader.ReadStringArray();
        if (version >= 3)
            request.IncludeAuthorizedOperations = reader.ReadBoolean();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteStringArray(Groups);
        if (version >= 3)
            writer.WriteBoolean(IncludeAuthorizedOperations);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="DescribeGroupsRequest"/>
public sealed class DescribeGroupsResponse : IMessage<DescribeGroupsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<DescribedGroup> Groups { get; set; } = [];

    public static DescribeGroupsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DescribeGroupsResponse();
        if (version >= 1)
            response.ThrottleTimeMs = reader.ReadInt32();
        response.Groups = reader.ReadArray<DescribedGroup>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 1)
            writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Groups, version);
        writer.WriteTagCount();
    }

    public sealed class DescribedGroup : IMessage<DescribedGroup>
    {
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }
        public string GroupId { get; set; } = "";
        public string GroupState { get; set; } = "";
        public string ProtocolType { get; set; } = "";
        public string ProtocolData { get; set; } = "";
        public IReadOnlyList<DescribedGroupMember> Members { get; set; } = [];
        public int AuthorizedOperations { get; set; } = int.MinValue;

        public static DescribedGroup Read(ref ProtocolReader reader, short version)
        {
            var group = new DescribedGroup();
            group.ErrorCode = reader.ReadErrorCode();
            if (version >= 6)
                group.ErrorMessage = reader.ReadNullableString();
            group.GroupId = reader.ReadString();
            group.GroupState = reader.ReadString();
            group.ProtocolType = reader.ReadString();
            group.ProtocolData = reader.ReadString();
            group.Members = reader.ReadArray<DescribedGroupMember>(version);
            if (version >= 3)
                group.AuthorizedOperations = reader.ReadInt32();
            reader.SkipTaggedFields();
            return group;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            if (version >= 6)
                writer.WriteNullableString(ErrorMessage);
            writer.WriteString(GroupId);
            writer.WriteString(GroupState);
            writer.WriteString(ProtocolType);
            writer.WriteString(ProtocolData);
            writer.WriteArray(Members, version);
            if (version >= 3)
                writer.WriteInt32(AuthorizedOperations);
            writer.WriteTagCount();
        }
    }

    public sealed class DescribedGroupMember : IMessage<DescribedGroupMember>
    {
        public string MemberId { get; set; } = "";
        public string? GroupInstanceId { get; set; }
        public string ClientId { get; set; } = "";
        public string ClientHost { get; set; } = "";
        public byte[] MemberMetadata { get; set; } = [];
        public byte[] MemberAssignment { get; set; } = [];

        public static DescribedGroupMember Read(ref ProtocolReader reader, short version)
        {
            var member = new DescribedGroupMember();
            member.MemberId = reader.ReadString();
            if (version >= 4)
                member.GroupInstanceId = reader.ReadNullableString();
            member.ClientId = reader.ReadString();
            member.ClientHost = reader.ReadString();
            member.MemberMetadata = reader.ReadBytes();
            member.MemberAssignment = reader.ReadBytes();
            reader.SkipTaggedFields();
            return member;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(MemberId);
            if (version >= 4)
                writer.WriteNullableString(GroupInstanceId);
            writer.WriteString(ClientId);
            writer.WriteString(ClientHost);
            writer.WriteBytes(MemberMetadata);
            writer.WriteBytes(MemberAssignment);
            writer.WriteTagCount();
        }
    }
}
