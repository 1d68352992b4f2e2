namespace Broker.Protocol.Messages;

/// <summary>Versions 2-10. 2-4: a retention time that brokers ignore. 6: leader epochs. 7: static members. 9: also for the KIP-848 protocol. 10: topic ids instead of names.</summary>
public sealed class OffsetCommitRequest : IRequest<OffsetCommitRequest>
{
    public static ApiKey ApiKey => ApiKey.OffsetCommit;

    public static ApiVersionRange Versions => new(2, 10);

    public string GroupId { get; set; } = "";
    public int GenerationIdOrMemberEpoch { get; set; } = -1;
    public string MemberId { get; set; } = "";
    public string? GroupInstanceId { get; set; }
    public long RetentionTimeMs { get; set; } = -1;
    public IReadOnlyList<OffsetCommitRequestTopic> Topics { get; set; } = [];

    public static OffsetCommitRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new OffsetCommitRequest();
        request.GroupId = reader.ReadString();
        request.GenerationIdOrMemberEpoch = reader.ReadInt32();
        request.MemberId = reader.ReadString();
        if (version >= 7)
            request.GroupInstanceId = reader.ReadNullableString();
        if (version <= 4)
            request.RetentionTimeMs = reader.ReadInt64();
        request.Topics = reader.ReadArray<OffsetCommitRequestTopic>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(GroupId);
        writer.WriteInt32(GenerationIdOrMemberEpoch);
        writer.WriteString(MemberId);
        if (version >= 7)
            writer.WriteNullableString(GroupInstanceId);
        if (version <= 4)
            writer.WriteInt64(RetentionTimeMs);
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class OffsetCommitRequestTopic : IMessage<OffsetCommitRequestTopic>
    {
        public string Name { get; set; } = "";
        public Guid TopicId { get; set; }
        public IReadOnlyList<OffsetCommitRequestPartition> Partitions { get; set; } = [];

        public static OffsetCommitRequestTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new OffsetCommitRequestTopic();
            if (version <= 9)
                topic.Name = reader.ReadString();
            if (version >= 10)
                topic.TopicId = reader.ReadUuid();
            topic.Partitions = reader.ReadArray<OffsetCommitRequestPartition>(version);
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

    public sealed class OffsetCommitRequestPartition : IMessage<OffsetCommitRequestPartition>
    {
        public int PartitionIndex { get; set; }
        public long CommittedOffset { get; set; }
        public int CommittedLeaderEpoch { get; set; } = -1;
        public string? CommittedMetadata { get; set; }

        public static OffsetCommitRequestPartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new OffsetCommitRequestPartition();
            partition.PartitionIndex = reader.ReadInt32();
            partition.CommittedOffset = reader.ReadInt64();
            if (version >= 6)
                partition.CommittedLeaderEpoch = reader.ReadInt32();
            partition.CommittedMetadata = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteInt64(CommittedOffset);
            if (version >= 6)
                writer.WriteInt32(CommittedLeaderEpoch);
            writer.WriteNullableString(CommittedMetadata);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="OffsetCommitRequest"/>
public sealed class OffsetCommitResponse : IMessage<OffsetCommitResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<OffsetCommitResponseTopic> Topics { get; set; } = [];

    public static OffsetCommitResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new OffsetCommitResponse();
        if (version >= 3)
            response.ThrottleTimeMs = reader.ReadInt32();
        response.Topics = reader.ReadArray<OffsetCommitResponseTopic>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 3)
            writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class OffsetCommitResponseTopic : IMessage<OffsetCommitResponseTopic>
    {
        public string Name { get; set; } = "";
        public Guid TopicId { get; set; }
        public IReadOnlyList<OffsetCommitResponsePartition> Partitions { get; set; } = [];

        public static OffsetCommitResponseTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new OffsetCommitResponseTopic();
            if (version <= 9)
                topic.Name = reader.ReadString();
            if (version >= 10)
                topic.TopicId = reader.ReadUuid();
            topic.Partitions = reader.ReadArray<OffsetCommitResponsePartition>(version);
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

    public sealed class OffsetCommitResponsePartition : IMessage<OffsetCommitResponsePartition>
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }

        public static OffsetCommitResponsePartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new OffsetCommitResponsePartition();
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
