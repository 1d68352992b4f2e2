namespace Broker.Protocol.Messages;

/// <summary>
/// Versions 0-5. 2: leader epochs. 3: the member that commits (KIP-447). 4: TRANSACTION_ABORTABLE.
/// 5: also adds the offsets to the transaction, which AddOffsetsToTxn did before (KIP-890).
/// </summary>
public sealed class TxnOffsetCommitRequest : IRequest<TxnOffsetCommitRequest>
{
    public static ApiKey ApiKey => ApiKey.TxnOffsetCommit;

    public static ApiVersionRange Versions => new(0, 5);

    public string TransactionalId { get; set; } = "";
    public string GroupId { get; set; } = "";
    public long ProducerId { get; set; }
    public short ProducerEpoch { get; set; }
    public int GenerationId { get; set; } = -1;
    public string MemberId { get; set; } = "";
    public string? GroupInstanceId { get; set; }
    public IReadOnlyList<TxnOffsetCommitRequestTopic> Topics { get; set; } = [];

    public static TxnOffsetCommitRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new TxnOffsetCommitRequest();
        request.TransactionalId = reader.ReadString();
        request.GroupId = reader.ReadString();
        request.ProducerId = reader.ReadInt64();
        request.ProducerEpoch = reader.ReadInt16();

        if (version >= 3)
        {
            request.GenerationId = reader.ReadInt32();
            request.MemberId = reader.ReadString();
            request.GroupInstanceId = reader.ReadNullableString();
        }

        request.Topics = reader.ReadArray<TxnOffsetCommitRequestTopic>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(TransactionalId);
        writer.WriteString(GroupId);
        writer.WriteInt64(ProducerId);
        writer.WriteInt16(ProducerEpoch);

        if (version >= 3)
        {
            writer.WriteInt32(GenerationId);
            writer.WriteString(MemberId);
            writer.WriteNullableString(GroupInstanceId);
        }

        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class TxnOffsetCommitRequestTopic : IMessage<TxnOffsetCommitRequestTopic>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<TxnOffsetCommitRequestPartition> Partitions { get; set; } = [];

        public static TxnOffsetCommitRequestTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new TxnOffsetCommitRequestTopic();
            topic.Name = reader.ReadString();
            topic.Partitions = reader.ReadArray<TxnOffsetCommitRequestPartition>(version);
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

    public sealed class TxnOffsetCommitRequestPartition : IMessage<TxnOffsetCommitRequestPartition>
    {
        public int PartitionIndex { get; set; }
        public long CommittedOffset { get; set; }
        public int CommittedLeaderEpoch { get; set; } = -1;
        public string? CommittedMetadata { get; set; }

        public static TxnOffsetCommitRequestPartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new TxnOffsetCommitRequestPartition();
            partition.PartitionIndex = reader.ReadInt32();
            partition.CommittedOffset = reader.ReadInt64();
            if (version >= 2)
                partition.CommittedLeaderEpoch = reader.ReadInt32();
            partition.CommittedMetadata = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteInt64(CommittedOffset);
            if (version >= 2)
                writer.WriteInt32(CommittedLeaderEpoch);
            writer.WriteNullableString(CommittedMetadata);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="TxnOffsetCommitRequest"/>
public sealed class TxnOffsetCommitResponse : IMessage<TxnOffsetCommitResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<TxnOffsetCommitResponseTopic> Topics { get; set; } = [];

    public static TxnOffsetCommitResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new TxnOffsetCommitResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Topics = reader.ReadArray<TxnOffsetCommitResponseTopic>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class TxnOffsetCommitResponseTopic : IMessage<TxnOffsetCommitResponseTopic>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<TxnOffsetCommitResponsePartition> Partitions { get; set; } = [];

        public static TxnOffsetCommitResponseTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new TxnOffsetCommitResponseTopic();
            topic.Name = reader.ReadString();
            topic.Partitions = reader.ReadArray<TxnOffsetCommitResponsePartition>(version);
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

    public sealed class TxnOffsetCommitResponsePartition : IMessage<TxnOffsetCommitResponsePartition>
    {
        public int PartitionIndex { get; set; }
        public ErrorCode ErrorCode { get; set; }

        public static TxnOffsetCommitResponsePartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new TxnOffsetCommitResponsePartition();
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
