namespace Broker.Protocol.Messages;

/// <summary>
/// Versions 3-13; 0-2 are announced for old clients that compare versions exactly, and never served. 7: zstd. 8: errors per record.
/// 10: the new leader comes with the error (KIP-951). 13: topics by id.
/// </summary>
public sealed class ProduceRequest : IRequest<ProduceRequest>
{
    public static ApiKey ApiKey => ApiKey.Produce;

    public static ApiVersionRange Versions => new(3, 13);

    public string? TransactionalId { get; set; }
    public short Acks { get; set; }
    public int TimeoutMs { get; set; }
    public IReadOnlyList<TopicProduceData> TopicData { get; set; } = [];

    public static ProduceRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new ProduceRequest();
        request.TransactionalId = reader.ReadNullableString();
        request.Acks = reader.ReadInt16();
        request.TimeoutMs = reader.ReadInt32();
        request.TopicData = reader.ReadArray<TopicProduceData>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteNullableString(TransactionalId);
        writer.WriteInt16(Acks);
        writer.WriteInt32(TimeoutMs);
        writer.WriteArray(TopicData, version);
        writer.WriteTagCount();
    }

    public sealed class TopicProduceData : IMessage<TopicProduceData>
    {
        public string Name { get; set; } = "";
        public Guid TopicId { get; set; }
        public IReadOnlyList<PartitionProduceData> PartitionData { get; set; } = [];

        public static TopicProduceData Read(ref ProtocolReader reader, short version)
        {
            var data = new TopicProduceData();
            if (version <= 12)
                data.Name = reader.ReadString();
            if (version >= 13)
                data.TopicId = reader.ReadUuid();
            data.PartitionData = reader.ReadArray<PartitionProduceData>(version);
            reader.SkipTaggedFields();
            return data;
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
    }

    public sealed class PartitionProduceData : IMessage<PartitionProduceData>
    {
        public int Index { get; set; }
        public Memory<byte>? Records { get; set; }

        public static PartitionProduceData Read(ref ProtocolReader reader, short version)
        {
            var data = new PartitionProduceData();
            data.Index = reader.ReadInt32();
            data.Records = reader.ReadNullableRecords();
            reader.SkipTaggedFields();
            return data;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(Index);
            writer.WriteNullableRecords(Records);
            writer.WriteTagCount();
        }
    }
}
