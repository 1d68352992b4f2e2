namespace Broker.Protocol.Messages;

/// <summary>Versions 0-2. Offset -1 means up to the high watermark.</summary>
public sealed class DeleteRecordsRequest : IRequest<DeleteRecordsRequest>
{
    public static ApiKey ApiKey => ApiKey.DeleteRecords;

    public static ApiVersionRange Versions => new(0, 2);

    public IReadOnlyList<DeleteRecordsTopic> Topics { get; set; } = [];
    public int TimeoutMs { get; set; }

    public static DeleteRecordsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DeleteRecordsRequest();
        request.Topics = reader.ReadArray<DeleteRecordsTopic>(version);
        request.TimeoutMs = reader.ReadInt32();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteArray(Topics, version);
        writer.WriteInt32(TimeoutMs);
        writer.WriteTagCount();
    }

    public sealed class DeleteRecordsTopic : IMessage<DeleteRecordsTopic>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<DeleteRecordsPartition> Partitions { get; set; } = [];

        public static DeleteRecordsTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new DeleteRecordsTopic();
            topic.Name = reader.ReadString();
            topic.Partitions = reader.ReadArray<DeleteRecordsPartition>(version);
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

    public sealed class DeleteRecordsPartition : IMessage<DeleteRecordsPartition>
    {
        public int PartitionIndex { get; set; }
        public long Offset { get; set; }

        public static DeleteRecordsPartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new DeleteRecordsPartition();
            partition.PartitionIndex = reader.ReadInt32();
            partition.Offset = reader.ReadInt64();
            reader.SkipTaggedFields();
            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteInt64(Offset);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="DeleteRecordsRequest"/>
public sealed class DeleteRecordsResponse : IMessage<DeleteRecordsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<DeleteRecordsTopicResult> Topics { get; set; } = [];

    public static DeleteRecordsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DeleteRecordsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Topics = reader.ReadArray<DeleteRecordsTopicResult>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class DeleteRecordsTopicResult : IMessage<DeleteRecordsTopicResult>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<DeleteRecordsPartitionResult> Partitions { get; set; } = [];

        public static DeleteRecordsTopicResult Read(ref ProtocolReader reader, short version)
        {
            var result = new DeleteRecordsTopicResult();
            result.Name = reader.ReadString();
            result.Partitions = reader.ReadArray<DeleteRecordsPartitionResult>(version);
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteArray(Partitions, version);
            writer.WriteTagCount();
        }
    }

    public sealed class DeleteRecordsPartitionResult : IMessage<DeleteRecordsPartitionResult>
    {
        public int PartitionIndex { get; set; }
        public long LowWatermark { get; set; }
        public ErrorCode ErrorCode { get; set; }

        public static DeleteRecordsPartitionResult Read(ref ProtocolReader reader, short version)
        {
            var result = new DeleteRecordsPartitionResult();
            result.PartitionIndex = reader.ReadInt32();
            result.LowWatermark = reader.ReadInt64();
            result.ErrorCode = reader.ReadErrorCode();
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteInt64(LowWatermark);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteTagCount();
        }
    }
}
