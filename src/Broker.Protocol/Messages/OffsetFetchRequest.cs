namespace Broker.Protocol.Messages;

/// <summary>
/// Versions 1-10. 2: null topics means all. 7: wait for open transactions to end. 8: several groups in one request (KIP-709).
/// 9: also for the KIP-848 protocol. 10: topic ids instead of names.
/// </summary>
public sealed class OffsetFetchRequest : IRequest<OffsetFetchRequest>
{
    public static ApiKey ApiKey => ApiKey.OffsetFetch;

    public static ApiVersionRange Versions => new(1, 10);

    public string GroupId { get; set; } = "";
    public IReadOnlyList<OffsetFetchRequestTopic>? Topics { get; set; } = [];
    public IReadOnlyList<OffsetFetchRequestGroup> Groups { get; set; } = [];
    public bool RequireStable { get; set; }

    public static OffsetFetchRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new OffsetFetchRequest();
        if (version <= 7)
        {
            request.GroupId = reader.ReadString();
            request.Topics = version >= 2 ? reader.ReadNullableArray<OffsetFetchRequestTopic>(version) : reader.ReadArray<OffsetFetchRequestTopic>(version);
        }

        if (version >= 8)
            request.Groups = reader.ReadArray<OffsetFetchRequestGroup>(version);
        if (version >= 7)
            request.RequireStable = reader.ReadBoolean();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version <= 7)
        {
            writer.WriteString(GroupId);
            writer.WriteNullableArray(version >= 2 ? Topics : Topics ?? [], version);
        }

        if (version >= 8)
            writer.WriteArray(Groups, version);
        if (version >= 7)
            writer.WriteBoolean(RequireStable);
        writer.WriteTagCount();
    }

    public sealed class OffsetFetchRequestTopic : IMessage<OffsetFetchRequestTopic>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<int> PartitionIndexes { get; set; } = [];

        public static OffsetFetchRequestTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new OffsetFetchRequestTopic();
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

    public sealed class OffsetFetchRequestGroup : IMessage<OffsetFetchRequestGroup>
    {
        public string GroupId { get; set; } = "";
        public string? MemberId { get; set; }
        public int MemberEpoch { get; set; } = -1;
        public IReadOnlyList<OffsetFetchRequestTopics>? Topics { get; set; } = [];

        public static OffsetFetchRequestGroup Read(ref ProtocolReader reader, short version)
        {
            var group = new OffsetFetchRequestGroup();
            group.GroupId = reader.ReadString();

            if (version >= 9)
            {
                group.MemberId = reader.ReadNullableString();
                group.MemberEpoch = reader.ReadInt32();
            }

            group.Topics = reader.ReadNullableArray<OffsetFetchRequestTopics>(version);
            reader.SkipTaggedFields();
            return group;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(GroupId);

            if (version >= 9)
            {
                writer.WriteNullableString(MemberId);
                writer.WriteInt32(MemberEpoch);
            }

            writer.WriteNullableArray(Topics, version);
            writer.WriteTagCount();
        }
    }

    public sealed class OffsetFetchRequestTopics : IMessage<OffsetFetchRequestTopics>
    {
        public string Name { get; set; } = "";
        public Guid TopicId { get; set; }
        public IReadOnlyList<int> PartitionIndexes { get; set; } = [];

        public static OffsetFetchRequestTopics Read(ref ProtocolReader reader, short version)
        {
            var topic = new OffsetFetchRequestTopics();
            if (version <= 9)
                topic.Name = reader.ReadString();
            if (version >= 10)
                topic.TopicId = reader.ReadUuid();
            topic.PartitionIndexes = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            if (version <= 9)
                writer.WriteString(Name);
            if (version >= 10)
                writer.WriteUuid(TopicId);
            writer.WriteInt32Array(PartitionIndexes);
            writer.WriteTagCount();
        }
    }
}
