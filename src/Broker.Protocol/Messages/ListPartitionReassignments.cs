namespace Broker.Protocol.Messages;

/// <summary>Version 0 (KIP-455).</summary>
public sealed class ListPartitionReassignmentsRequest : IRequest<ListPartitionReassignmentsRequest>
{
    public static ApiKey ApiKey => ApiKey.ListPartitionReassignments;

    public static ApiVersionRange Versions => new(0, 0);

    public int TimeoutMs { get; set; } = 60000;
    public IReadOnlyList<ListPartitionReassignmentsTopics>? Topics { get; set; }

    public static ListPartitionReassignmentsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new ListPartitionReassignmentsRequest();
        request.TimeoutMs = reader.ReadInt32();
        request.Topics = reader.ReadNullableArray<ListPartitionReassignmentsTopics>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(TimeoutMs);
        writer.WriteNullableArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class ListPartitionReassignmentsTopics : IMessage<ListPartitionReassignmentsTopics>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<int> PartitionIndexes { get; set; } = [];

        public static ListPartitionReassignmentsTopics Read(ref ProtocolReader reader, short version)
        {
            var topics = new ListPartitionReassignmentsTopics();
            topics.Name = reader.ReadString();
            topics.PartitionIndexes = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return topics;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteInt32Array(PartitionIndexes);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="ListPartitionReassignmentsRequest"/>
public sealed class ListPartitionReassignmentsResponse : IMessage<ListPartitionReassignmentsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public string? ErrorMessage { get; set; }
    public IReadOnlyList<OngoingTopicReassignment> Topics { get; set; } = [];

    public static ListPartitionReassignmentsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new ListPartitionReassignmentsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        response.ErrorMessage = reader.ReadNullableString();
        response.Topics = reader.ReadArray<OngoingTopicReassignment>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        writer.WriteNullableString(ErrorMessage);
        writer.WriteArray(Topics, version);
        writer.WriteTagCount();
    }

    public sealed class OngoingTopicReassignment : IMessage<OngoingTopicReassignment>
    {
        public string Name { get; set; } = "";
        public IReadOnlyList<OngoingPartitionReassignment> Partitions { get; set; } = [];

        public static OngoingTopicReassignment Read(ref ProtocolReader reader, short version)
        {
            var reassignment = new OngoingTopicReassignment();
            reassignment.Name = reader.ReadString();
            reassignment.Partitions = reader.ReadArray<OngoingPartitionReassignment>(version);
            reader.SkipTaggedFields();
            return reassignment;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteArray(Partitions, version);
            writer.WriteTagCount();
        }
    }

    public sealed class OngoingPartitionReassignment : IMessage<OngoingPartitionReassignment>
    {
        public int PartitionIndex { get; set; }
        public IReadOnlyList<int> Replicas { get; set; } = [];
        public IReadOnlyList<int> AddingReplicas { get; set; } = [];
        public IReadOnlyList<int> RemovingReplicas { get; set; } = [];

        public static OngoingPartitionReassignment Read(ref ProtocolReader reader, short version)
        {
            var reassignment = new OngoingPartitionReassignment();
            reassignment.PartitionIndex = reader.ReadInt32();
            reassignment.Replicas = reader.ReadInt32Array();
            reassignment.AddingReplicas = reader.ReadInt32Array();
            reassignment.RemovingReplicas = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return reassignment;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt32(PartitionIndex);
            writer.WriteInt32Array(Replicas);
            writer.WriteInt32Array(AddingReplicas);
            writer.WriteInt32Array(RemovingReplicas);
            writer.WriteTagCount();
        }
    }
}
