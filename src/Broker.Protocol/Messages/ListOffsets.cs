namespace Broker.Protocol.Messages;

/// <summary>
/// Versions 1-11. 2: isolation level. 4: leader epochs. 7: -3 asks for the greatest timestamp. 8 and 9: -4 and -5, tiered storage.
/// 10: a timeout. 11: -6, the earliest offset still to be tiered.
/// </summary>
public sealed class ListOffsetsRequest : IRequest<ListOffsetsRequest>
{
    public static ApiKey ApiKey => ApiKey.ListOffsets;

    public static ApiVersionRange Versions => new(1, 11);

    public int ReplicaId { get; set; }
    public sbyte IsolationLevel { get; set; }
    public IReadOnlyList<ListOffsetsTopic> Topics { get; set; } = [];
    public int TimeoutMs { get; set; }

    public static ListOffsetsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new ListOffsetsRequest();
        request.ReplicaId = reader.ReadInt32();
        if (version >= 2)
            request.IsolationLevel = reader.ReadInt8();
        request.Topics = reader.ReadArray<ListOffsetsTopic>(version);
        if (version >= 10)
            request.TimeoutMs = reader.ReadInt32();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ReplicaId);
        if (version >= 2)
            writer.WriteInt8(IsolationLevel);
        writer.WriteArray(Topics, version);
        if (version >= 10)
            writer.WriteInt32(TimeoutMs);
        writer.WriteTagCount();
    }

    public sealed class ListOffsetsTopic : IMessage<ListOffsetsTopic>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<ListOffsetsPartition> Partitions { get; set; } = [];

        public static ListOffsetsTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new ListOffsetsTopic();
            topic.Name = reader.ReadString();
            topic.Partitions = reader.ReadArray<ListOffsetsPartition>(version);
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

    public sealed class ListOffsetsPartition : IMessage<ListOffsetsPartition>
    {
        public int PartitionIndex { get; set; }
        public int CurrentLeaderEpoch { get; set; } = -1;
        public long Timestamp { get; set; }

        public static ListOffsetsPartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new ListOffsetsPartition();
            partition.PartitionIndex = reader.ReadInt32();
            if (version >= 4)
                partition.CurrentLeaderEpoch = reader.ReadInt32();
            partition.Timestamp = reader.ReadInt64();
            reader.SkipTaggedFields();
            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            if (version >= 4)
                writer.WriteInt32(CurrentLeaderEpoch);
            writer.WriteInt64(Timestamp);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="ListOffsetsRequest"/>
public sealed class ListOffsetsResponse : IMessage<ListOffsetsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<ListOffsetsTopicResponse> Topics { get; set; } = [];

    public static ListOffsetsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new ListOffsetsResponse();
        if (version >= 2)
            response.ThrottleTimeMs = reader.ReadInt32();
        response.Topics = reader.ReadArray<ListOffsetsTopicResponse>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 2)
            writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class ListOffsetsTopicResponse : IMessage<ListOffsetsTopicResponse>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<ListOffsetsPartitionResponse> Partitions { get; set; } = [];

        public static ListOffsetsTopicResponse Read(ref ProtocolReader reader, short version)
        {
            var response = new ListOffsetsTopicResponse();
            response.Name = reader.ReadString();
            response.Partitions = reader.ReadArray<ListOffsetsPartitionResponse>(version);
            reader.SkipTaggedFields();
            return response;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteArray(Partitions, version);
            writer.WriteTagCount();
        }
    }

    public sealed class ListOffsetsPartitionResponse : IMessage<ListOffsetsPartitionResponse>
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
        public long Timestamp { get; set; } = -1;
        public long Offset { get; set; } = -1;
        public int LeaderEpoch { get; set; } = -1;

        public static ListOffsetsPartitionResponse Read(ref ProtocolReader reader, short version)
        {
            var response = new ListOffsetsPartitionResponse();
            response.PartitionIndex = reader.ReadInt32();
            response.ErrorCode = reader.ReadErrorCode();
            response.Timestamp = reader.ReadInt64();
            response.Offset = reader.ReadInt64();
            if (version >= 4)
                response.LeaderEpoch = reader.ReadInt32();
            reader.SkipTaggedFields();
            return response;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteInt64(Timestamp);
            writer.WriteInt64(Offset);
            if (version >= 4)
                writer.WriteInt32(LeaderEpoch);
            writer.WriteTagCount();
        }
    }
}
