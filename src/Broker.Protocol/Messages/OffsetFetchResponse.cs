namespace Broker.Protocol.Messages;

/// <inheritdoc cref="OffsetFetchRequest"/>
public sealed class OffsetFetchResponse : IMessage<OffsetFetchResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<OffsetFetchResponseTopic> Topics { get; set; } = [];
    public ErrorCode ErrorCode { get; set; }
    public IReadOnlyList<OffsetFetchResponseGroup> Groups { get; set; } = [];

    public static OffsetFetchResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new OffsetFetchResponse();
        if (version >= 3)
            response.ThrottleTimeMs = reader.ReadInt32();
        if (version <= 7)
            response.Topics = reader.ReadArray<OffsetFetchResponseTopic>(version);
        if (version is >= 2 and <= 7)
            response.ErrorCode = reader.ReadErrorCode();
        if (version >= 8)
            response.Groups = reader.ReadArray<OffsetFetchResponseGroup>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 3)
            writer.WriteInt32(ThrottleTimeMs);
        if (version <= 7)
            writer.WriteArray(Topics, version);
        if (version is >= 2 and <= 7)
            writer.WriteErrorCode(ErrorCode);
        if (version >= 8)
            writer.WriteArray(Groups, version);
        writer.WriteTagCount();
    }

    public sealed class OffsetFetchResponseTopic : IMessage<OffsetFetchResponseTopic>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<OffsetFetchResponsePartition> Partitions { get; set; } = [];

        public static OffsetFetchResponseTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new OffsetFetchResponseTopic();
            topic.Name = reader.ReadString();
            topic.Partitions = reader.ReadArray<OffsetFetchResponsePartition>(version);
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

    public sealed class OffsetFetchResponseGroup : IMessage<OffsetFetchResponseGroup>
    {
        public string GroupId { get; set; } = "";
        public IReadOnlyList<OffsetFetchResponseTopics> Topics { get; set; } = [];
        public ErrorCode ErrorCode { get; set; }

        public static OffsetFetchResponseGroup Read(ref ProtocolReader reader, short version)
        {
            var group = new OffsetFetchResponseGroup();
            group.GroupId = reader.ReadString();
            group.Topics = reader.ReadArray<OffsetFetchResponseTopics>(version);
            group.ErrorCode = reader.ReadErrorCode();
            reader.SkipTaggedFields();
            return group;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(GroupId);
            writer.WriteArray(Topics, version);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteTagCount();
        }
    }

    public sealed class OffsetFetchResponsePartition : IMessage<OffsetFetchResponsePartition>
    {
        public int PartitionIndex { get; set; }
        public long CommittedOffset { get; set; }
        public int CommittedLeaderEpoch { get; set; } = -1;
        public string? Metadata { get; set; }
        public ErrorCode ErrorCode { get; set; }

        public static OffsetFetchResponsePartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new OffsetFetchResponsePartition();
            partition.PartitionIndex = reader.ReadInt32();
            partition.CommittedOffset = reader.ReadInt64();
            if (version >= 5)
                partition.CommittedLeaderEpoch = reader.ReadInt32();
            partition.Metadata = reader.ReadNullableString();
            partition.ErrorCode = reader.ReadErrorCode();
            reader.SkipTaggedFields();
            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteInt64(CommittedOffset);
            if (version >= 5)
                writer.WriteInt32(CommittedLeaderEpoch);
            writer.WriteNullableString(Metadata);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteTagCount();
        }
    }

    public sealed class OffsetFetchResponseTopics : IMessage<OffsetFetchResponseTopics>
    {
        public string Name { get; set; } = "";
        public Guid TopicId { get; set; }
        public IReadOnlyList<OffsetFetchResponsePartitions> Partitions { get; set; } = [];

        public static OffsetFetchResponseTopics Read(ref ProtocolReader reader, short version)
        {
            var topic = new OffsetFetchResponseTopics();
            if (version <= 9)
                topic.Name = reader.ReadString();
            if (version >= 10)
                topic.TopicId = reader.ReadUuid();
            topic.Partitions = reader.ReadArray<OffsetFetchResponsePartitions>(version);
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            if (version <= 9)
                writer.WriteString(Name);
            if (version >= 10)
                writer.WriteUuid(TopicId);
            writer.WriteArray(Partitions, version);
            writer.WriteTagCount();
        }
    }

    public sealed class OffsetFetchResponsePartitions : IMessage<OffsetFetchResponsePartitions>
    {
        public int PartitionIndex { get; set; }
        public long CommittedOffset { get; set; }
        public int CommittedLeaderEpoch { get; set; } = -1;
        public string? Metadata { get; set; }
        public ErrorCode ErrorCode { get; set; }

        public static OffsetFetchResponsePartitions Read(ref ProtocolReader reader, short version)
        {
            var partition = new OffsetFetchResponsePartitions();
            partition.PartitionIndex = reader.ReadInt32();
            partition.CommittedOffset = reader.ReadInt64();
            partition.CommittedLeaderEpoch = reader.ReadInt32();
            partition.Metadata = reader.ReadNullableString();
            partition.ErrorCode = reader.ReadErrorCode();
            reader.SkipTaggedFields();
            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteInt64(CommittedOffset);
            writer.WriteInt32(CommittedLeaderEpoch);
            writer.WriteNullableString(Metadata);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteTagCount();
        }
    }
}
