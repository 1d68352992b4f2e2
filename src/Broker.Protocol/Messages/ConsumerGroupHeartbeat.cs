namespace Broker.Protocol.Messages;

/// <summary>
/// Versions 0-1 (KIP-848). A null field is unchanged since the last heartbeat. 1: subscription by regular expression; members bring their own id.
/// </summary>
public sealed class ConsumerGroupHeartbeatRequest : IRequest<ConsumerGroupHeartbeatRequest>
{
    public static ApiKey ApiKey => ApiKey.ConsumerGroupHeartbeat;

    public static ApiVersionRange Versions => new(0, 1);

    public string GroupId { get; set; } = "";
    public string MemberId { get; set; } = "";
    public int MemberEpoch { get; set; }
    public string? InstanceId { get; set; }
    public string? RackId { get; set; }
    public int RebalanceTimeoutMs { get; set; } = -1;
    public IReadOnlyList<string>? SubscribedTopicNames { get; set; }
    public string? SubscribedTopicRegex { get; set; }
    public string? ServerAssignor { get; set; }
    public IReadOnlyList<OwnedTopicPartitions>? TopicPartitions { get; set; }

    public static ConsumerGroupHeartbeatRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new ConsumerGroupHeartbeatRequest();
        request.GroupId = reader.ReadString();
        request.MemberId = reader.ReadString();
        request.MemberEpoch = reader.ReadInt32();
        request.InstanceId = reader.ReadNullableString();
        request.RackId = reader.ReadNullableString();
        request.RebalanceTimeoutMs = reader.ReadInt32();
        request.SubscribedTopicNames = reader.ReadNullableStringArray();
        if (version >= 1)
            request.SubscribedTopicRegex = reader.ReadNullableString();
        request.ServerAssignor = reader.ReadNullableString();
        request.TopicPartitions = reader.ReadNullableArray<OwnedTopicPartitions>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(GroupId);
        writer.WriteString(MemberId);
        writer.WriteInt32(MemberEpoch);
        writer.WriteNullableString(InstanceId);
        writer.WriteNullableString(RackId);
        writer.WriteInt32(RebalanceTimeoutMs);
        writer.WriteNullableStringArray(SubscribedTopicNames);
        if (version >= 1)
            writer.WriteNullableString(SubscribedTopicRegex);
        writer.WriteNullableString(ServerAssignor);
        writer.WriteNullableArray(TopicPartitions, version);
        writer.WriteTagCount();
    }

    public sealed class OwnedTopicPartitions : IMessage<OwnedTopicPartitions>
    {
        public Guid TopicId { get; set; }
        public IReadOnlyList<int> Partitions { get; set; } = [];

        public static OwnedTopicPartitions Read(ref ProtocolReader reader, short version)
        {
            var partitions = new OwnedTopicPartitions();
            partitions.TopicId = reader.ReadUuid();
            partitions.Partitions = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return partitions;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteUuid(TopicId);
            writer.WriteInt32Array(Partitions);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="ConsumerGroupHeartbeatRequest"/>
public sealed class ConsumerGroupHeartbeatResponse : IMessage<ConsumerGroupHeartbeatResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public string? ErrorMessage { get; set; }
    public string? MemberId { get; set; }
    public int MemberEpoch { get; set; }
    public int HeartbeatIntervalMs { get; set; }
    public MemberAssignment? Assignment { get; set; }

    public static ConsumerGroupHeartbeatResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new ConsumerGroupHeartbeatResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        response.ErrorMessage = reader.ReadNullableString();
        response.MemberId = reader.ReadNullableString();
        response.MemberEpoch = reader.ReadInt32();
        response.HeartbeatIntervalMs = reader.ReadInt32();
        response.Assignment = reader.ReadNullableStructure<MemberAssignment>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        writer.WriteNullableString(ErrorMessage);
        writer.WriteNullableString(MemberId);
        writer.WriteInt32(MemberEpoch);
        writer.WriteInt32(HeartbeatIntervalMs);
        writer.WriteNullableStructure(Assignment, version);
        writer.WriteTagCount();
    }

    public sealed class MemberAssignment : IMessage<MemberAssignment>
    {
        public IReadOnlyList<AssignedTopicPartitions> TopicPartitions { get; set; } = [];

        public static MemberAssignment Read(ref ProtocolReader reader, short version)
        {
            var assignment = new MemberAssignment();
            assignment.TopicPartitions = reader.ReadArray<AssignedTopicPartitions>(version);
            reader.SkipTaggedFields();
            return assignment;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteArray(TopicPartitions, version);
            writer.WriteTagCount();
        }
    }

    public sealed class AssignedTopicPartitions : IMessage<AssignedTopicPartitions>
    {
        public Guid TopicId { get; set; }
        public IReadOnlyList<int> Partitions { get; set; } = [];

        public static AssignedTopicPartitions Read(ref ProtocolReader reader, short version)
        {
            var partitions = new AssignedTopicPartitions();
            partitions.TopicId = reader.ReadUuid();
            partitions.Partitions = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return partitions;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteUuid(TopicId);
            writer.WriteInt32Array(Partitions);
            writer.WriteTagCount();
        }
    }
}
