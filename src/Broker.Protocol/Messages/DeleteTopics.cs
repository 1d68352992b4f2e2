namespace Broker.Protocol.Messages;

/// <summary>Versions 1-6. 5: error messages. 6: topics by name or id.</summary>
public sealed class DeleteTopicsRequest : IRequest<DeleteTopicsRequest>
{
    public static ApiKey ApiKey => ApiKey.DeleteTopics;

    public static ApiVersionRange Versions => new(1, 6);

    public IReadOnlyList<DeleteTopicState> Topics { get; set; } = [];
    public IReadOnlyList<string> TopicNames { get; set; } = [];
    public int TimeoutMs { get; set; }

    public static DeleteTopicsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DeleteTopicsRequest();
        if (version >= 6)
            request.Topics = reader.ReadArray<DeleteTopicState>(version);
        if (version <= 5)
            request.TopicNames = reader.ReadStringArray();
        request.TimeoutMs = reader.ReadInt32();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 6)
            writer.WriteArray(Topics, version);
        if (version <= 5)
            writer.WriteStringArray(TopicNames);
        writer.WriteInt32(TimeoutMs);
        writer.WriteTagCount();
    }

    public sealed class DeleteTopicState : IMessage<DeleteTopicState>
    {
        public string? Name { get; set; }
        public Guid TopicId { get; set; }

        public static DeleteTopicState Read(ref ProtocolReader reader, short version)
        {
            var state = new DeleteTopicState();
            state.Name = reader.ReadNullableString();
            state.TopicId = reader.ReadUuid();
            reader.SkipTaggedFields();
            return state;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteNullableString(Name);
            writer.WriteUuid(TopicId);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="DeleteTopicsRequest"/>
public sealed class DeleteTopicsResponse : IMessage<DeleteTopicsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<DeletableTopicResult> Responses { get; set; } = [];

    public static DeleteTopicsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DeleteTopicsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Responses = reader.ReadArray<DeletableTopicResult>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Responses, version);
        writer.WriteTagCount();
    }

    public sealed class DeletableTopicResult : IMessage<DeletableTopicResult>
    {
        public string? Name { get; set; }
        public Guid TopicId { get; set; }
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }

        public static DeletableTopicResult Read(ref ProtocolReader reader, short version)
        {
            var result = new DeletableTopicResult();
            result.Name = version >= 6 ? reader.ReadNullableString() : reader.ReadString();
            if (version >= 6)
                result.TopicId = reader.ReadUuid();
            result.ErrorCode = reader.ReadErrorCode();
            if (version >= 5)
                result.ErrorMessage = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteNullableString(version >= 6 ? Name : Name ?? "");
            if (version >= 6)
                writer.WriteUuid(TopicId);
            writer.WriteErrorCode(ErrorCode);
            if (version >= 5)
                writer.WriteNullableString(ErrorMessage);
            writer.WriteTagCount();
        }
    }
}
