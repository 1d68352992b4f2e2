namespace Broker.Protocol.Messages;

/// <summary>Versions 2-7. 4: partitions and replication factor may be left to the broker (-1). 5: settings come back. 7: the topic id.</summary>
public sealed class CreateTopicsRequest : IRequest<CreateTopicsRequest>
{
    public static ApiKey ApiKey => ApiKey.CreateTopics;

    public static ApiVersionRange Versions => new(2, 7);

    public IReadOnlyList<CreatableTopic> Topics { get; set; } = [];
    public int TimeoutMs { get; set; } = 60000;
    public bool ValidateOnly { get; set; }

    public static CreateTopicsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new CreateTopicsRequest();
        request.Topics = reader.ReadArray<CreatableTopic>(version);
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

    public sealed class CreatableTopic : IMessage<CreatableTopic>
    {
        public string Name { get; set; } = "";
        public int NumPartitions { get; set; }
        public short ReplicationFactor { get; set; }
        public IReadOnlyList<CreatableReplicaAssignment> Assignments { get; set; } = [];
        public IReadOnlyList<CreatableTopicConfig> Configs { get; set; } = [];

        public static CreatableTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new CreatableTopic();
            topic.Name = reader.ReadString();
            topic.NumPartitions = reader.ReadInt32();
            topic.ReplicationFactor = reader.ReadInt16();
            topic.Assignments = reader.ReadArray<CreatableReplicaAssignment>(version);
            topic.Configs = reader.ReadArray<CreatableTopicConfig>(version);
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteInt32(NumPartitions);
            writer.WriteInt16(ReplicationFactor);
            writer.WriteArray(Assignments, version);
            writer.WriteArray(Configs, version);
            writer.WriteTagCount();
        }
    }

    public sealed class CreatableReplicaAssignment : IMessage<CreatableReplicaAssignment>
    {
        public int PartitionIndex { get; set; }
        public IReadOnlyList<int> BrokerIds { get; set; } = [];

        public static CreatableReplicaAssignment Read(ref ProtocolReader reader, short version)
        {
            var assignment = new CreatableReplicaAssignment();
            assignment.PartitionIndex = reader.ReadInt32();
            assignment.BrokerIds = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return assignment;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteInt32Array(BrokerIds);
            writer.WriteTagCount();
        }
    }

    public sealed class CreatableTopicConfig : IMessage<CreatableTopicConfig>
    {
        public string Name { get; set; } = "";
        public string? Value { get; set; }

        public static CreatableTopicConfig Read(ref ProtocolReader reader, short version)
        {
            var config = new CreatableTopicConfig();
            config.Name = reader.ReadString();
            config.Value = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return config;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteNullableString(Value);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="CreateTopicsRequest"/>
public sealed class CreateTopicsResponse : IMessage<CreateTopicsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<CreatableTopicResult> Topics { get; set; } = [];

    public static CreateTopicsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new CreateTopicsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Topics = reader.ReadArray<CreatableTopicResult>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class CreatableTopicResult : IMessage<CreatableTopicResult>
    {
        public string Name { get; set; } = "";
        public Guid TopicId { get; set; }
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }
        public ErrorCode TopicConfigErrorCode { get; set; }
        public int NumPartitions { get; set; } = -1;
        public short ReplicationFactor { get; set; } = -1;
        public IReadOnlyList<CreatableTopicConfigs>? Configs { get; set; } = [];

        public static CreatableTopicResult Read(ref ProtocolReader reader, short version)
        {
            var result = new CreatableTopicResult();
            result.Name = reader.ReadString();
            if (version >= 7)
                result.TopicId = reader.ReadUuid();
            result.ErrorCode = reader.ReadErrorCode();
            result.ErrorMessage = reader.ReadNullableString();

            if (version >= 5)
            {
                result.NumPartitions = reader.ReadInt32();
                result.ReplicationFactor = reader.ReadInt16();
                result.Configs = reader.ReadNullableArray<CreatableTopicConfigs>(version);
            }

            for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
            {
                if (reader.ReadTag(out var end) == 0)
                    result.TopicConfigErrorCode = reader.ReadErrorCode();
                reader.EndTag(end);
            }

            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            if (version >= 7)
                writer.WriteUuid(TopicId);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(ErrorMessage);

            if (version >= 5)
            {
                writer.WriteInt32(NumPartitions);
                writer.WriteInt16(ReplicationFactor);
                writer.WriteNullableArray(Configs, version);
            }

            if (!writer.Flexible)
                return;

            if (TopicConfigErrorCode != ErrorCode.None)
            {
                writer.WriteTagCount(1);
                var tag = writer.BeginTag(0);
                writer.WriteErrorCode(TopicConfigErrorCode);
                writer.EndTag(tag);
            }
            else
            {
                writer.WriteTagCount(0);
            }
        }
    }

    public sealed class CreatableTopicConfigs : IMessage<CreatableTopicConfigs>
    {
        public string Name { get; set; } = "";
        public string? Value { get; set; }
        public bool ReadOnly { get; set; }
        public sbyte ConfigSource { get; set; } = -1;
        public bool IsSensitive { get; set; }

        public static CreatableTopicConfigs Read(ref ProtocolReader reader, short version)
        {
            var config = new CreatableTopicConfigs();
            config.Name = reader.ReadString();
            config.Value = reader.ReadNullableString();
            config.ReadOnly = reader.ReadBoolean();
            config.ConfigSource = reader.ReadInt8();
            config.IsSensitive = reader.ReadBoolean();
            reader.SkipTaggedFields();
            return config;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteNullableString(Value);
            writer.WriteBoolean(ReadOnly);
            writer.WriteInt8(ConfigSource);
            writer.WriteBoolean(IsSensitive);
            writer.WriteTagCount();
        }
    }
}
