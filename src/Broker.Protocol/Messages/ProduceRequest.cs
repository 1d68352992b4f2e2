namespace Broker.Protocol.Messages;

/// <summary>
/// Versions 3-13; 0-2 are announced for old clients that compare versions exactly, and never served. 7: zstd. 8: errors per record.
/// 10: the new leader comes with the error (KIP-951). 13: topics by id.
/// </summary>
public sealed class ProduceRequest : IRequest<ProduceRequest>, IReusedMessage<ProduceRequest>
{
    public static ApiKey ApiKey => ApiKey.Produce;

    public static ApiVersionRange Versions => new(3, 13);

    public string? TransactionalId { get; set; }
    public short Acks { get; set; }
    public int TimeoutMs { get; set; }
    public IReadOnlyList<TopicProduceData> TopicData { get; set; } = [];

    int IReused.Weight => 1 + TopicData.Weight();

    public static ProduceRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new ProduceRequest();
        request.ReadAgain(ref reader, version);
        return request;
    }

    public void ReadAgain(ref ProtocolReader reader, short version)
    {
        TransactionalId = reader.ReadNullableString();
        Acks = reader.ReadInt16();
        TimeoutMs = reader.ReadInt32();
        TopicData = reader.ReadArray(TopicData, version);
        reader.SkipTaggedFields();
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteNullableString(TransactionalId);
        writer.WriteInt16(Acks);
        writer.WriteInt32(TimeoutMs);
        writer.WriteArray(TopicData, version);
        writer.WriteTagCount();
    }

    public void Reset()
    {
        TransactionalId = null;
        Acks = 0;
        TimeoutMs = 0;
        TopicData = TopicData.Emptied();
    }

    public sealed class TopicProduceData : IReusedMessage<TopicProduceData>
    {
        public string Name { get; set; } = "";
        public Guid TopicId { get; set; }
        public IReadOnlyList<PartitionProduceData> PartitionData { get; set; } = [];

        int IReused.Weight => 1 + PartitionData.Weight();

        public static TopicProduceData Read(ref ProtocolReader reader, short version)
        {
            var data = new TopicProduceData();
            data.ReadAgain(ref reader, version);
            return data;
        }

        public void ReadAgain(ref ProtocolReader reader, short version)
        {
            if (version <= 12)
                Name = reader.ReadString();
            if (version >= 13)
                TopicId = reader.ReadUuid();
            PartitionData = reader.ReadArray(PartitionData, version);
            reader.SkipTaggedFields();
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            if (version <= 12)
                writer.WriteString(Name);
            if (version >= 13)
                writer.WriteUuid(TopicId);
            writer.WriteArray(PartitionData, version);
            writer.WriteTagCount();
        }

        public void Reset()
        {
            Name = "";
            TopicId = Guid.Empty;
            PartitionData = PartitionData.Emptied();
        }
    }

    public sealed class PartitionProduceData : IReusedMessage<PartitionProduceData>
    {
        public int Index { get; set; }
        public Memory<byte>? Records { get; set; }

        int IReused.Weight => 1;

        public static PartitionProduceData Read(ref ProtocolReader reader, short version)
        {
            var data = new PartitionProduceData();
            data.ReadAgain(ref reader, version);
            return data;
        }

        public void ReadAgain(ref ProtocolReader reader, short version)
        {
            Index = reader.ReadInt32();
            Records = reader.ReadNullableRecords();
            reader.SkipTaggedFields();
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(Index);
            writer.WriteNullableRecords(Records);
            writer.WriteTagCount();
        }

        public void Reset()
        {
            Index = 0;
            Records = null;
        }
    }
}
