namespace Broker.Protocol.Messages;

/// <summary>Version 0 (KIP-664).</summary>
public sealed class DescribeTransactionsRequest : IRequest<DescribeTransactionsRequest>
{
    public static ApiKey ApiKey => ApiKey.DescribeTransactions;

    public static ApiVersionRange Versions => new(0, 0);

    public IReadOnlyList<string> TransactionalIds { get; set; } = [];

    public static DescribeTransactionsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DescribeTransactionsRequest();
        request.TransactionalIds = reader.ReadStringArray();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteStringArray(TransactionalIds);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="DescribeTransactionsRequest"/>
public sealed class DescribeTransactionsResponse : IMessage<DescribeTransactionsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<DescribedTransaction> TransactionStates { get; set; } = [];

    public static DescribeTransactionsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DescribeTransactionsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.TransactionStates = reader.ReadArray<DescribedTransaction>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(TransactionStates, version);
        writer.WriteTagCount();
    }

    public sealed class DescribedTransaction : IMessage<DescribedTransaction>
    {
        public ErrorCode ErrorCode { get; set; }
        public string TransactionalId { get; set; } = "";
        public string TransactionState { get; set; } = "";
        public int TransactionTimeoutMs { get; set; }
        public long TransactionStartTimeMs { get; set; }
        public long ProducerId { get; set; }
        public short ProducerEpoch { get; set; }
        public IReadOnlyList<TopicData> Topics { get; set; } = [];

        public static DescribedTransaction Read(ref ProtocolReader reader, short version)
        {
            var transaction = new DescribedTransaction();
            transaction.ErrorCode = reader.ReadErrorCode();
            transaction.TransactionalId = reader.ReadString();
            transaction.TransactionState = reader.ReadString();
            transaction.TransactionTimeoutMs = reader.ReadInt32();
            transaction.TransactionStartTimeMs = reader.ReadInt64();
            transaction.ProducerId = reader.ReadInt64();
            transaction.ProducerEpoch = reader.ReadInt16();
            transaction.Topics = reader.ReadArray<TopicData>(version);
            reader.SkipTaggedFields();
            return transaction;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteString(TransactionalId);
            writer.WriteString(TransactionState);
            writer.WriteInt32(TransactionTimeoutMs);
            writer.WriteInt64(TransactionStartTimeMs);
            writer.WriteInt64(ProducerId);
            writer.WriteInt16(ProducerEpoch);
            writer.WriteArray(Topics, version);
            writer.WriteTagCount();
        }
    }

    public sealed class TopicData : IMessage<TopicData>
    {
        public string Topic { get; set; } = "";
        public IReadOnlyList<int> Partitions { get; set; } = [];

        public static TopicData Read(ref ProtocolReader reader, short version)
        {
            var topic = new TopicData();
            topic.Topic = reader.ReadString();
            topic.Partitions = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Topic);
            writer.WriteInt32Array(Partitions);
            writer.WriteTagCount();
        }
    }
}
