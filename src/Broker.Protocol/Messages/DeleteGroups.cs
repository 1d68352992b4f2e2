namespace Broker.Protocol.Messages;

/// <summary>Versions 0-2.</summary>
public sealed class DeleteGroupsRequest : IRequest<DeleteGroupsRequest>
{
    public static ApiKey ApiKey => ApiKey.DeleteGroups;

    public static ApiVersionRange Versions => new(0, 2);

    public IReadOnlyList<string> GroupsNames { get; set; } = [];

    public static DeleteGroupsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DeleteGroupsRequest();
        request.GroupsNames = reader.ReadStringArray();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteStringArray(GroupsNames);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="DeleteGroupsRequest"/>
public sealed class DeleteGroupsResponse : IMessage<DeleteGroupsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<DeletableGroupResult> Results { get; set; } = [];

    public static DeleteGroupsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DeleteGroupsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Results = reader.ReadArray<DeletableGroupResult>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Results, version);
        writer.WriteTagCount();
    }

    public sealed class DeletableGroupResult : IMessage<DeletableGroupResult>
    {
        public string GroupId { get; set; } = "";
        public ErrorCode ErrorCode { get; set; }

        public static DeletableGroupResult Read(ref ProtocolReader reader, short version)
        {
            var result = new DeletableGroupResult();
            result.GroupId = reader.ReadString();
            result.ErrorCode = reader.ReadErrorCode();
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(GroupId);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteTagCount();
        }
    }
}
