namespace Broker.Protocol.Messages;

/// <summary>Version 0 (KIP-664).</summary>
public sealed class DescribeProducersRequest : IRequest<DescribeProducersRequest>
{
    public static ApiKey ApiKey => ApiKey.DescribeProducers;

    public static ApiVersionRange Versions => new(0, 0);

    public IReadOnlyList<TopicRequest> Topics { get; set; } = [];

    public static DescribeProducersRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DescribeProducersRequest();
        request.Topics = reader.ReadArray<TopicRequest>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class TopicRequest : IMessage<TopicRequest>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<int> PartitionIndexes { get; set; } = [];

        public static TopicRequest Read(ref ProtocolReader reader, short version)
        {
            var topic = new TopicRequest();
            topic.Name = reader.ReadString();
            topic.PartitionIndexes = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteInt32Array(PartitionIndexes);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="DescribeProducersRequest"/>
public sealed class DescribeProducersResponse : IMessage<DescribeProducersResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<TopicResponse> Topics { get; set; } = [];

    public static DescribeProducersResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DescribeProducersResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Topics = reader.ReadArray<TopicResponse>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class TopicResponse : IMessage<TopicResponse>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<PartitionResponse> Partitions { get; set; } = [];

        public static TopicResponse Read(ref ProtocolReader reader, short version)
        {
            var topic = new TopicResponse();
            topic.Name = reader.ReadString();
            topic.Partitions = reader.ReadArray<PartitionResponse>(version);
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

    public sealed class PartitionResponse : IMessage<PartitionResponse>
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }
        public IReadOnlyList<ProducerState> ActiveProducers { get; set; } = [];

        public static PartitionResponse Read(ref ProtocolReader reader, short version)
        {
            var partition = new PartitionResponse();
            partition.PartitionIndex = reader.ReadInt32();
            partition.ErrorCode = reader.ReadErrorCode();
            partition.ErrorMessage = reader.ReadNullableString();
            partition.ActiveProducers = reader.ReadArray<ProducerState>(version);
            reader.SkipTaggedFields();
            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(ErrorMessage);
            writer.WriteArray(ActiveProducers, version);
            writer.WriteTagCount();
        }
    }

    public sealed class ProducerState : IMessage<ProducerState>
    {
        public long ProducerId { get; set; }
        public int ProducerEpoch { get; set; }
        public int LastSequence { get; set; } = -1;
        public long LastTimestamp { get; set; } = -1;
        public int CoordinatorEpoch { get; set; }
        public long CurrentTxnStartOffset { get; set; } = -1;

        public static ProducerState Read(ref ProtocolReader reader, short version)
        {
            var state = new ProducerState();
            state.ProducerId = reader.ReadInt64();
            state.ProducerEpoch = reader.ReadInt32();
            state.LastSequence = reader.ReadInt32();
            state.LastTimestamp = reader.ReadInt64();
            state.CoordinatorEpoch = reader.ReadInt32();
            state.CurrentTxnStartOffset = reader.ReadInt64();
            reader.SkipTaggedFields();
            return state;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt64(ProducerId);
            writer.WriteInt32(ProducerEpoch);
            writer.WriteInt32(LastSequence);
            writer.WriteInt64(LastTimestamp);
            writer.WriteInt32(CoordinatorEpoch);
            writer.WriteInt64(CurrentTxnStartOffset);
            writer.WriteTagCount();
        }
    }
}
