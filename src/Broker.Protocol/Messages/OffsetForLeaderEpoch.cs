namespace Broker.Protocol.Messages;

/// <summary>Versions 2-4. 3: the asking replica.</summary>
public sealed class OffsetForLeaderEpochRequest : IRequest<OffsetForLeaderEpochRequest>
{
    public static ApiKey ApiKey => ApiKey.OffsetForLeaderEpoch;

    public static ApiVersionRange Versions => new(2, 4);

    public int ReplicaId { get; set; } = -2;
    public IReadOnlyList<OffsetForLeaderTopic> Topics { get; set; } = [];

    public static OffsetForLeaderEpochRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new OffsetForLeaderEpochRequest();
        if (version >= 3)
            request.ReplicaId = reader.ReadInt32();
        request.Topics = reader.ReadArray<OffsetForLeaderTopic>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 3)
            writer.WriteInt32(ReplicaId);
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class OffsetForLeaderTopic : IMessage<OffsetForLeaderTopic>
    {
        public string Topic { get; set; } = "";
        public IReadOnlyList<OffsetForLeaderPartition> Partitions { get; set; } = [];

        public static OffsetForLeaderTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new OffsetForLeaderTopic();
            topic.Topic = reader.ReadString();
            topic.Partitions = reader.ReadArray<OffsetForLeaderPartition>(version);
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Topic);
            writer.WriteArray(Partitions, version);
            writer.WriteTagCount();
        }
    }

    public sealed class OffsetForLeaderPartition : IMessage<OffsetForLeaderPartition>
    {
        public int Partition { get; set; }
        public int CurrentLeaderEpoch { get; set; } = -1;
        public int LeaderEpoch { get; set; }

        public static OffsetForLeaderPartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new OffsetForLeaderPartition();
            partition.Partition = reader.ReadInt32();
            partition.CurrentLeaderEpoch = reader.ReadInt32();
            partition.LeaderEpoch = reader.ReadInt32();
            reader.SkipTaggedFields();
            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(Partition);
            writer.WriteInt32(CurrentLeaderEpoch);
            writer.WriteInt32(LeaderEpoch);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="OffsetForLeaderEpochRequest"/>
public sealed class OffsetForLeaderEpochResponse : IMessage<OffsetForLeaderEpochResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<OffsetForLeaderTopicResult> Topics { get; set; } = [];

    public static OffsetForLeaderEpochResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new OffsetForLeaderEpochResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Topics = reader.ReadArray<OffsetForLeaderTopicResult>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class OffsetForLeaderTopicResult : IMessage<OffsetForLeaderTopicResult>
    {
        public string Topic { get; set; } = "";
        public IReadOnlyList<EpochEndOffset> Partitions { get; set; } = [];

        public static OffsetForLeaderTopicResult Read(ref ProtocolReader reader, short version)
        {
            var result = new OffsetForLeaderTopicResult();
            result.Topic = reader.ReadString();
            result.Partitions = reader.ReadArray<EpochEndOffset>(version);
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Topic);
            writer.WriteArray(Partitions, version);
            writer.WriteTagCount();
        }
    }

    public sealed class EpochEndOffset : IMessage<EpochEndOffset>
    {
        public ErrorCode ErrorCode { get; set; }
        public int Partition { get; set; }
        public int LeaderEpoch { get; set; } = -1;
        public long EndOffset { get; set; } = -1;

        public static EpochEndOffset Read(ref ProtocolReader reader, short version)
        {
            var offset = new EpochEndOffset();
            offset.ErrorCode = reader.ReadErrorCode();
            offset.Partition = reader.ReadInt32();
            offset.LeaderEpoch = reader.ReadInt32();
            offset.EndOffset = reader.ReadInt64();
            reader.SkipTaggedFields();
            return offset;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteInt32(Partition);
            writer.WriteInt32(LeaderEpoch);
            writer.WriteInt64(EndOffset);
            writer.WriteTagCount();
        }
    }
}
