namespace Broker.Protocol.Messages;

/// <summary>Versions 0-3, one transaction per request; 4 and 5 are spoken between brokers only. 2: PRODUCER_FENCED.</summary>
public sealed class AddPartitionsToTxnRequest : IRequest<AddPartitionsToTxnRequest>
{
    public static ApiKey ApiKey => ApiKey.AddPartitionsToTxn;

    public static ApiVersionRange Versions => new(0, 3);

    public string TransactionalId { get; set; } = "";
    public long ProducerId { get; set; }
    public short ProducerEpoch { get; set; }
    public IReadOnlyList<AddPartitionsToTxnTopic> Topics { get; set; } = [];

    public static AddPartitionsToTxnRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new AddPartitionsToTxnRequest();
        request.TransactionalId = reader.ReadString();
        request.ProducerId = reader.ReadInt64();
        request.ProducerEpoch = reader.ReadInt16();
        request.Topics = reader.ReadArray<AddPartitionsToTxnTopic>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(TransactionalId);
        writer.WriteInt64(ProducerId);
        writer.WriteInt16(ProducerEpoch);
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class AddPartitionsToTxnTopic : IMessage<AddPartitionsToTxnTopic>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<int> Partitions { get; set; } = [];

        public static AddPartitionsToTxnTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new AddPartitionsToTxnTopic();
            topic.Name = reader.ReadString();
            topic.Partitions = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteInt32Array(Partitions);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="AddPartitionsToTxnRequest"/>
public sealed class AddPartitionsToTxnResponse : IMessage<AddPartitionsToTxnResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<AddPartitionsToTxnTopicResult> ResultsByTopic { get; set; } = [];

    public static AddPartitionsToTxnResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new AddPartitionsToTxnResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.ResultsByTopic = reader.ReadArray<AddPartitionsToTxnTopicResult>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(ResultsByTopic, version);
        writer.WriteTagCount();
    }

    public sealed class AddPartitionsToTxnTopicResult : IMessage<AddPartitionsToTxnTopicResult>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<AddPartitionsToTxnPartitionResult> ResultsByPartition { get; set; } = [];

        public static AddPartitionsToTxnTopicResult Read(ref ProtocolReader reader, short version)
        {
            var result = new AddPartitionsToTxnTopicResult();
            result.Name = reader.ReadString();
            result.ResultsByPartition = reader.ReadArray<AddPartitionsToTxnPartitionResult>(version);
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteArray(ResultsByPartition, version);
            writer.WriteTagCount();
        }
    }

    public sealed class AddPartitionsToTxnPartitionResult : IMessage<AddPartitionsToTxnPartitionResult>
    {
        public int PartitionIndex { get; set; }
        public ErrorCode PartitionErrorCode { get; set; }

        public static AddPartitionsToTxnPartitionResult Read(ref ProtocolReader reader, short version)
        {
            var result = new AddPartitionsToTxnPartitionResult();
            result.PartitionIndex = reader.ReadInt32();
            result.PartitionErrorCode = reader.ReadErrorCode();
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteErrorCode(PartitionErrorCode);
            writer.WriteTagCount();
        }
    }
}
