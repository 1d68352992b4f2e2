namespace Broker.Protocol.Messages;

/// <summary>Version 0, never flexible.</summary>
public sealed class OffsetDeleteRequest : IRequest<OffsetDeleteRequest>
{
    public static ApiKey ApiKey => ApiKey.OffsetDelete;

    public static ApiVersionRange Versions => new(0, 0);

    public string GroupId { get; set; } = "";
    public IReadOnlyList<OffsetDeleteRequestTopic> Topics { get; set; } = [];

    public static OffsetDeleteRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new OffsetDeleteRequest();
        request.GroupId = reader.ReadString();
        request.Topics = reader.ReadArray<OffsetDeleteRequestTopic>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(GroupId);
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class OffsetDeleteRequestTopic : IMessage<OffsetDeleteRequestTopic>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<OffsetDeleteRequestPartition> Partitions { get; set; } = [];

        public static OffsetDeleteRequestTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new OffsetDeleteRequestTopic();
            topic.Name = reader.ReadString();
            topic.Partitions = reader.ReadArray<OffsetDeleteRequestPartition>(version);
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteArray(Partitions, version);
            writer.WriteTagCount();
        }
    }

    public sealed class OffsetDeleteRequestPartition : IMessage<OffsetDeleteRequestPartition>
    {
        public int PartitionIndex { get; set; }

        public static OffsetDeleteRequestPartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new OffsetDeleteRequestPartition();
            partition.PartitionIndex = reader.ReadInt32();
            reader.SkipTaggedFields();
            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="OffsetDeleteRequest"/>
public sealed class OffsetDeleteResponse : IMessage<OffsetDeleteResponse>, IThrottledResponse
{
    public ErrorCode ErrorCode { get; set; }
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<OffsetDeleteResponseTopic> Topics { get; set; } = [];

    public static OffsetDeleteResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new OffsetDeleteResponse();
        response.ErrorCode = reader.ReadErrorCode();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Topics = reader.ReadArray<OffsetDeleteResponseTopic>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteErrorCode(ErrorCode);
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class OffsetDeleteResponseTopic : IMessage<OffsetDeleteResponseTopic>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<OffsetDeleteResponsePartition> Partitions { get; set; } = [];

        public static OffsetDeleteResponseTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new OffsetDeleteResponseTopic();
            topic.Name = reader.ReadString();
            topic.Partitions = reader.ReadArray<OffsetDeleteResponsePartition>(version);
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteArray(Partitions, version);
            writer.WriteTagCount();
        }
    }

    public sealed class OffsetDeleteResponsePartition : IMessage<OffsetDeleteResponsePartition>
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }

        public static OffsetDeleteResponsePartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new OffsetDeleteResponsePartition();
            partition.PartitionIndex = reader.ReadInt32();
            partition.ErrorCode = reader.ReadErrorCode();
            reader.SkipTaggedFields();
            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteTagCount();
        }
    }
}
