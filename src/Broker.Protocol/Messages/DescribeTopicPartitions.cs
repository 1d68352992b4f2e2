namespace Broker.Protocol.Messages;

/// <summary>Version 0 (KIP-966): topics page by page, where a cursor says which partition the page begins with.</summary>
public sealed class DescribeTopicPartitionsRequest : IRequest<DescribeTopicPartitionsRequest>
{
    public static ApiKey ApiKey => ApiKey.DescribeTopicPartitions;

    public static ApiVersionRange Versions => new(0, 0);

    public IReadOnlyList<TopicRequest> Topics { get; set; } = [];
    public int ResponsePartitionLimit { get; set; } = 2000;
    public PartitionCursor? Cursor { get; set; }

    public static DescribeTopicPartitionsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DescribeTopicPartitionsRequest();
        request.Topics = reader.ReadArray<TopicRequest>(version);
        request.ResponsePartitionLimit = reader.ReadInt32();
        request.Cursor = reader.ReadNullableStructure<PartitionCursor>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteArray(Topics, version);
        writer.WriteInt32(ResponsePartitionLimit);
        writer.WriteNullableStructure(Cursor, version);
        writer.WriteTagCount();
    }

    public sealed class TopicRequest : IMessage<TopicRequest>
    {
        public string Name { get; set; } = "";

        public static TopicRequest Read(ref ProtocolReader reader, short version)
        {
            var topic = new TopicRequest();
            topic.Name = reader.ReadString();
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteTagCount();
        }
    }

    public sealed class PartitionCursor : IMessage<PartitionCursor>
    {
        public string TopicName { get; set; } = "";
        public int PartitionIndex { get; set; }

        public static PartitionCursor Read(ref ProtocolReader reader, short version)
        {
            var cursor = new PartitionCursor();
            cursor.TopicName = reader.ReadString();
            cursor.PartitionIndex = reader.ReadInt32();
            reader.SkipTaggedFields();
            return cursor;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(TopicName);
            writer.WriteInt32(PartitionIndex);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="DescribeTopicPartitionsRequest"/>
public sealed class DescribeTopicPartitionsResponse : IMessage<DescribeTopicPartitionsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<DescribeTopicPartitionsResponseTopic> Topics { get; set; } = [];
    public PartitionCursor? NextCursor { get; set; }

    public static DescribeTopicPartitionsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DescribeTopicPartitionsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Topics = reader.ReadArray<DescribeTopicPartitionsResponseTopic>(version);
        response.NextCursor = reader.ReadNullableStructure<PartitionCursor>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Topics, version);
        writer.WriteNullableStructure(NextCursor, version);
        writer.WriteTagCount();
    }

    public sealed class DescribeTopicPartitionsResponseTopic : IMessage<DescribeTopicPartitionsResponseTopic>
    {
        public ErrorCode ErrorCode { get; set; }
        public string? Name { get; set; }
        public Guid TopicId { get; set; }
        public bool IsInternal { get; set; }
        public IReadOnlyList<DescribeTopicPartitionsResponsePartition> Partitions { get; set; } = [];
        public int TopicAuthorizedOperations { get; set; } = int.MinValue;

        public static DescribeTopicPartitionsResponseTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new DescribeTopicPartitionsResponseTopic();
            topic.ErrorCode = reader.ReadErrorCode();
            topic.Name = reader.ReadNullableString();
            topic.TopicId = reader.ReadUuid();
            topic.IsInternal = reader.ReadBoolean();
            topic.Partitions = reader.ReadArray<DescribeTopicPartitionsResponsePartition>(version);
            topic.TopicAuthorizedOperations = reader.ReadInt32();
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(Name);
            writer.WriteUuid(TopicId);
            writer.WriteBoolean(IsInternal);
            writer.WriteArray(Partitions, version);
            writer.WriteInt32(TopicAuthorizedOperations);
            writer.WriteTagCount();
        }
    }

    public sealed class PartitionCursor : IMessage<PartitionCursor>
    {
        public string TopicName { get; set; } = "";
        public int PartitionIndex { get; set; }

        public static PartitionCursor Read(ref ProtocolReader reader, short version)
        {
            var cursor = new PartitionCursor();
            cursor.TopicName = reader.ReadString();
            cursor.PartitionIndex = reader.ReadInt32();
            reader.SkipTaggedFields();
            return cursor;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(TopicName);
            writer.WriteInt32(PartitionIndex);
            writer.WriteTagCount();
        }
    }

    public sealed class DescribeTopicPartitionsResponsePartition : IMessage<DescribeTopicPartitionsResponsePartition>
    {
        public ErrorCode ErrorCode { get; set; }
        public int PartitionIndex { get; set; }
        public int LeaderId { get; set; }
        public int LeaderEpoch { get; set; } = -1;
        public IReadOnlyList<int> ReplicaNodes { get; set; } = [];
        public IReadOnlyList<int> IsrNodes { get; set; } = [];
        public IReadOnlyList<int>? EligibleLeaderReplicas { get; set; }
        public IReadOnlyList<int>? LastKnownElr { get; set; }
        public IReadOnlyList<int> OfflineReplicas { get; set; } = [];

        public static DescribeTopicPartitionsResponsePartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new DescribeTopicPartitionsResponsePartition();
            partition.ErrorCode = reader.ReadErrorCode();
            partition.PartitionIndex = reader.ReadInt32();
            partition.LeaderId = reader.ReadInt32();
            partition.LeaderEpoch = reader.ReadInt32();
            partition.ReplicaNodes = reader.ReadInt32Array();
            partition.IsrNodes = reader.ReadInt32Array();
            partition.EligibleLeaderReplicas = reader.ReadNullableInt32Array();
            partition.LastKnownElr = reader.ReadNullableInt32Array();
            partition.OfflineReplicas = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteInt32(PartitionIndex);
            writer.WriteInt32(LeaderId);
            writer.WriteInt32(LeaderEpoch);
            writer.WriteInt32Array(ReplicaNodes);
            writer.WriteInt32Array(IsrNodes);
            writer.WriteNullableInt32Array(EligibleLeaderReplicas);
            writer.WriteNullableInt32Array(LastKnownElr);
            writer.WriteInt32Array(OfflineReplicas);
            writer.WriteTagCount();
        }
    }
}
