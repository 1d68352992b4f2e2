namespace Broker.Protocol.Messages;

/// <summary>Versions 0-5. 4: filter by state. 5: filter by type (KIP-848).</summary>
public sealed class ListGroupsRequest : IRequest<ListGroupsRequest>
{
    public static ApiKey ApiKey => ApiKey.ListGroups;

    public static ApiVersionRange Versions => new(0, 5);

    public IReadOnlyList<string> StatesFilter { get; set; } = [];
    public IReadOnlyList<string> TypesFilter { get; set; } = [];

    public static ListGroupsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new ListGroupsRequest();
        if (version >= 4)
            request.StatesFilter = reader.ReadStringArray();
        if (version >= 5)
            request.TypesFilter = reader.ReadStringArray();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 4)
            writer.WriteStringArray(StatesFilter);
        if (version >= 5)
            writer.WriteStringArray(TypesFilter);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="ListGroupsRequest"/>
public sealed class ListGroupsResponse : IMessage<ListGroupsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public IReadOnlyList<ListedGroup> Groups { get; set; } = [];

    public static ListGroupsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new ListGroupsResponse();
        if (version >= 1)
            response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        response.Groups = reader.ReadArray<ListedGroup>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 1)
            writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        writer.WriteArray(Groups, version);
        writer.WriteTagCount();
    }

    public sealed class ListedGroup : IMessage<ListedGroup>
    {
        public string GroupId { get; set; } = "";
        public string ProtocolType { get; set; } = "";
        public string GroupState { get; set; } = "";
        public string GroupType { get; set; } = "";

        public static ListedGroup Read(ref ProtocolReader reader, short version)
        {
            var group = new ListedGroup();
            group.GroupId = reader.ReadString();
            group.ProtocolType = reader.ReadString();
            if (version >= 4)
                group.GroupState = reader.ReadString();
            if (version >= 5)
                group.GroupType = reader.ReadString();
            reader.SkipTaggedFields();
            return group;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(GroupId);
            writer.WriteString(ProtocolType);
            if (version >= 4)
                writer.WriteString(GroupState);
            if (version >= 5)
                writer.WriteString(GroupType);
            writer.WriteTagCount();
        }
    }
}
