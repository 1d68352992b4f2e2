namespace Broker.Protocol.Messages;

/// <summary>Versions 0-3.</summary>
public sealed class CreatePartitionsRequest : IRequest<CreatePartitionsRequest>
{
    public static ApiKey ApiKey => ApiKey.CreatePartitions;

    public static ApiVersionRange Versions => new(0, 3);

    public IReadOnlyList<CreatePartitionsTopic> Topics { get; set; } = [];
    public int TimeoutMs { get; set; }
    public bool ValidateOnly { get; set; }

    public static CreatePartitionsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new CreatePartitionsRequest();
        request.Topics = reader.ReadArray<CreatePartitionsTopic>(version);
        request.TimeoutMs = reader.ReadInt32();
        request.ValidateOnly = reader.ReadBoolean();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteArray(Topics, version);
        writer.WriteInt32(TimeoutMs);
        writer.WriteBoolean(ValidateOnly);
        writer.WriteTagCount();
    }

    public sealed class CreatePartitionsTopic : IMessage<CreatePartitionsTopic>
    {
        public string Name { get; set; } = "";
        public int Count { get; set; }
        public IReadOnlyList<CreatePartitionsAssignment>? Assignments { get; set; } = [];

        public static CreatePartitionsTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new CreatePartitionsTopic();
            topic.Name = reader.ReadString();
            topic.Count = reader.ReadInt32();
            topic.Assignments = reader.ReadNullableArray<CreatePartitionsAssignment>(version);
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteInt32(Count);
            writer.WriteNullableArray(Assignments, version);
            writer.WriteTagCount();
        }
    }

    public sealed class CreatePartitionsAssignment : IMessage<CreatePartitionsAssignment>
    {
        public IReadOnlyList<int> BrokerIds { get; set; } = [];

        public static CreatePartitionsAssignment Read(ref ProtocolReader reader, short version)
        {
            var assignment = new CreatePartitionsAssignment();
            assignment.BrokerIds = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return assignment;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32Array(BrokerIds);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="CreatePartitionsRequest"/>
public sealed class CreatePartitionsResponse : IMessage<CreatePartitionsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<CreatePartitionsTopicResult> Results { get; set; } = [];

    public static CreatePartitionsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new CreatePartitionsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Results = reader.ReadArray<CreatePartitionsTopicResult>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Results, version);
        writer.WriteTagCount();
    }

    public sealed class CreatePartitionsTopicResult : IMessage<CreatePartitionsTopicResult>
    {
        public string Name { get; set; } = "";
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }

        public static CreatePartitionsTopicResult Read(ref ProtocolReader reader, short version)
        {
            var result = new CreatePartitionsTopicResult();
            result.Name = reader.ReadString();
            result.ErrorCode = reader.ReadErrorCode();
            result.ErrorMessage = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(ErrorMessage);
            writer.WriteTagCount();
        }
    }
}
