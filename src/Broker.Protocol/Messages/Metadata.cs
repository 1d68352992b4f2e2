namespace Broker.Protocol.Messages;

/// <summary>
/// Versions 0-13. 0: an empty list of topics means all; 1: null means all, empty means none. 4: may topics be created.
/// 7: leader epochs. 10: topic ids. 12: a topic may be asked for by id alone. 13: an error for the whole answer.
/// </summary>
public sealed class MetadataRequest : IRequest<MetadataRequest>
{
    public static ApiKey ApiKey => ApiKey.Metadata;

    public static ApiVersionRange Versions => new(0, 13);

    public IReadOnlyList<MetadataRequestTopic>? Topics { get; set; } = [];
    public bool AllowAutoTopicCreation { get; set; } = true;
    public bool IncludeClusterAuthorizedOperations { get; set; }
    public bool IncludeTopicAuthorizedOperations { get; set; }

    public static MetadataRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new MetadataRequest();
        request.Topics = version >= 1 ? reader.ReadNullableArray<MetadataRequestTopic>(version) : reader.ReadArray<MetadataRequestTopic>(version);
        if (version >= 4)
            request.AllowAutoTopicCreation = reader.ReadBoolean();
        if (version is >= 8 and <= 10)
            request.IncludeClusterAuthorizedOperations = reader.ReadBoolean();
        if (version >= 8)
            request.IncludeTopicAuthorizedOperations = reader.ReadBoolean();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteNullableArray(version >= 1 ? Topics : Topics ?? [], version);
        if (version >= 4)
            writer.WriteBoolean(AllowAutoTopicCreation);
        if (version is >= 8 and <= 10)
            writer.WriteBoolean(IncludeClusterAuthorizedOperations);
        if (version >= 8)
            writer.WriteBoolean(IncludeTopicAuthorizedOperations);
        writer.WriteTagCount();
    }

    public sealed class MetadataRequestTopic : IMessage<MetadataRequestTopic>
    {
        public Guid TopicId { get; set; }
        public string? Name { get; set; }

        public static MetadataRequestTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new MetadataRequestTopic();
            if (version >= 10)
                topic.TopicId = reader.ReadUuid();
            topic.Name = version >= 10 ? reader.ReadNullableString() : reader.ReadString();
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            if (version >= 10)
                writer.WriteUuid(TopicId);
            writer.WriteNullableString(version >= 10 ? Name : Name ?? "");
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="MetadataRequest"/>
public sealed class MetadataResponse : IMessage<MetadataResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<MetadataResponseBroker> Brokers { get; set; } = [];
    public string? ClusterId { get; set; }
    public int ControllerId { get; set; } = -1;
    public IReadOnlyList<MetadataResponseTopic> Topics { get; set; } = [];
    public int ClusterAuthorizedOperations { get; set; } = int.MinValue;
    public ErrorCode ErrorCode { get; set; }

    public static MetadataResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new MetadataResponse();
        if (version >= 3)
            response.ThrottleTimeMs = reader.ReadInt32();
        response.Brokers = reader.ReadArray<MetadataResponseBroker>(version);
        if (version >= 2)
            response.ClusterId = reader.ReadNullableString();
        if (version >= 1)
            response.ControllerId = reader.ReadInt32();
        response.Topics = reader.ReadArray<MetadataResponseTopic>(version);
        if (version is >= 8 and <= 10)
            response.ClusterAuthorizedOperations = reader.ReadInt32();
        if (version >= 13)
            response.ErrorCode = reader.ReadErrorCode();
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 3)
            writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Brokers, version);
        if (version >= 2)
            writer.WriteNullableString(ClusterId);
        if (version >= 1)
            writer.WriteInt32(ControllerId);
        writer.WriteArray(Topics, version);
        if (version is >= 8 and <= 10)
            writer.WriteInt32(ClusterAuthorizedOperations);
        if (version >= 13)
            writer.WriteErrorCode(ErrorCode);
        writer.WriteTagCount();
    }

    public sealed class MetadataResponseBroker : IMessage<MetadataResponseBroker>
    {
        public int NodeId { get; set; }
        public string Host { get; set; } = "";
        public int Port { get; set; }
        public string? Rack { get; set; }

        public static MetadataResponseBroker Read(ref ProtocolReader reader, short version)
        {
            var broker = new MetadataResponseBroker();
            broker.NodeId = reader.ReadInt32();
            broker.Host = reader.ReadString();
            broker.Port = reader.ReadInt32();
            if (version >= 1)
                broker.Rack = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return broker;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(NodeId);
            writer.WriteString(Host);
            writer.WriteInt32(Port);
            if (version >= 1)
                writer.WriteNullableString(Rack);
            writer.WriteTagCount();
        }
    }

    public sealed class MetadataResponseTopic : IMessage<MetadataResponseTopic>
    {
        public ErrorCode ErrorCode { get; set; }
        public string? Name { get; set; }
        public Guid TopicId { get; set; }
        public bool IsInternal { get; set; }
        public IReadOnlyList<MetadataResponsePartition> Partitions { get; set; } = [];
        public int TopicAuthorizedOperations { get; set; } = int.MinValue;

        public static MetadataResponseTopic Read(ref ProtocolReader reader, short version)
        {
            var topic = new MetadataResponseTopic();
            topic.ErrorCode = reader.ReadErrorCode();
            topic.Name = version >= 12 ? reader.ReadNullableString() : reader.ReadString();
            if (version >= 10)
                topic.TopicId = reader.ReadUuid();
            if (version >= 1)
                topic.IsInternal = reader.ReadBoolean();
            topic.Partitions = reader.ReadArray<MetadataResponsePartition>(version);
            if (version >= 8)
                topic.TopicAuthorizedOperations = reader.ReadInt32();
            reader.SkipTaggedFields();
            return topic;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(version >= 12 ? Name : Name ?? "");
            if (version >= 10)
                writer.WriteUuid(TopicId);
            if (version >= 1)
                writer.WriteBoolean(IsInternal);
            writer.WriteArray(Partitions, version);
            if (version >= 8)
                writer.WriteInt32(TopicAuthorizedOperations);
            writer.WriteTagCount();
        }
    }

    public sealed class MetadataResponsePartition : IMessage<MetadataResponsePartition>
    {
        public ErrorCode ErrorCode { get; set; }
        public int PartitionIndex { get; set; }
        public int LeaderId { get; set; }
        public int LeaderEpoch { get; set; } = -1;
        public IReadOnlyList<int> ReplicaNodes { get; set; } = [];
        public IReadOnlyList<int> IsrNodes { get; set; } = [];
        public IReadOnlyList<int> OfflineReplicas { get; set; } = [];

        public static MetadataResponsePartition Read(ref ProtocolReader reader, short version)
        {
            var partition = new MetadataResponsePartition();
            partition.ErrorCode = reader.ReadErrorCode();
            partition.PartitionIndex = reader.ReadInt32();
            partition.LeaderId = reader.ReadInt32();
            if (version >= 7)
                partition.LeaderEpoch = reader.ReadInt32();
            partition.ReplicaNodes = reader.ReadInt32Array();
            partition.IsrNodes = reader.ReadInt32Array();
            if (version >= 5)
                partition.OfflineReplicas = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return partition;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteInt32(PartitionIndex);
            writer.WriteInt32(LeaderId);
            if (version >= 7)
                writer.WriteInt32(LeaderEpoch);
            writer.WriteInt32Array(ReplicaNodes);
            writer.WriteInt32Array(IsrNodes);
            if (version >= 5)
                writer.WriteInt32Array(OfflineReplicas);
            writer.WriteTagCount();
        }
    }
}
