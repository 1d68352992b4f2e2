namespace Broker.Protocol.Messages;

/// <summary>Versions 0-1. 1: whether a member speaks the classic or the consumer protocol.</summary>
public sealed class ConsumerGroupDescribeRequest : IRequest<ConsumerGroupDescribeRequest>
{
    public static ApiKey ApiKey => ApiKey.ConsumerGroupDescribe;

    public static ApiVersionRange Versions => new(0, 1);

    public IReadOnlyList<string> GroupIds { get; set; } = [];
    public bool IncludeAuthorizedOperations { get; set; }

    public static ConsumerGroupDescribeRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new ConsumerGroupDescribeRequest();
        request.GroupIds = reader.ReadStringArray();
        request.IncludeAuthorizedOperations = reader.ReadBoolean();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteStringArray(GroupIds);
        writer.WriteBoolean(IncludeAuthorizedOperations);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="ConsumerGroupDescribeRequest"/>
public sealed class ConsumerGroupDescribeResponse : IMessage<ConsumerGroupDescribeResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<DescribedGroup> Groups { get; set; } = [];

    public static ConsumerGroupDescribeResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new ConsumerGroupDescribeResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Groups = reader.ReadArray<DescribedGroup>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Groups, version);
        writer.WriteTagCount();
    }

    public sealed class DescribedGroup : IMessage<DescribedGroup>
    {
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }
        public string GroupId { get; set; } = "";
        public string GroupState { get; set; } = "";
        public int GroupEpoch { get; set; }
        public int AssignmentEpoch { get; set; }
        public string AssignorName { get; set; } = "";
        public IReadOnlyList<DescribedMember> Members { get; set; } = [];
        public int AuthorizedOperations { get; set; } = int.MinValue;

        public static DescribedGroup Read(ref ProtocolReader reader, short version)
        {
            var group = new DescribedGroup();
            group.ErrorCode = reader.ReadErrorCode();
            group.ErrorMessage = reader.ReadNullableString();
            group.GroupId = reader.ReadString();
            group.GroupState = reader.ReadString();
            group.GroupEpoch = reader.ReadInt32();
            group.AssignmentEpoch = reader.ReadInt32();
            group.AssignorName = reader.ReadString();
            group.Members = reader.ReadArray<DescribedMember>(version);
            group.AuthorizedOperations = reader.ReadInt32();
            reader.SkipTaggedFields();
            return group;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(ErrorMessage);
            writer.WriteString(GroupId);
            writer.WriteString(GroupState);
            writer.WriteInt32(GroupEpoch);
            writer.WriteInt32(AssignmentEpoch);
            writer.WriteString(AssignorName);
            writer.WriteArray(Members, version);
            writer.WriteInt32(AuthorizedOperations);
            writer.WriteTagCount();
        }
    }

    public sealed class DescribedMember : IMessage<DescribedMember>
    {
        public string MemberId { get; set; } = "";
        public string? InstanceId { get; set; }
        public string? RackId { get; set; }
        public int MemberEpoch { get; set; }
        public string ClientId { get; set; } = "";
        public string ClientHost { get; set; } = "";
        public IReadOnlyList<string> SubscribedTopicNames { get; set; } = [];
        public string? SubscribedTopicRegex { get; set; }
        public MemberAssignment Assignment { get; set; } = new();
        public MemberAssignment TargetAssignment { get; set; } = new();
        public sbyte MemberType { get; set; } = -1;

        public static DescribedMember Read(ref ProtocolReader reader, short version)
        {
            var member = new DescribedMember();
            member.MemberId = reader.ReadString();
            member.InstanceId = reader.ReadNullableString();
            member.RackId = reader.ReadNullableString();
            member.MemberEpoch = reader.ReadInt32();
            member.ClientId = reader.ReadString();
            member.ClientHost = reader.ReadString();
            member.SubscribedTopicNames = reader.ReadStringArray();
            member.SubscribedTopicRegex = reader.ReadNullableString();
            member.Assignment = MemberAssignment.Read(ref reader, version);
            member.TargetAssignment = MemberAssignment.Read(ref reader, version);
            if (version >= 1)
                member.MemberType = reader.ReadInt8();
            reader.SkipTaggedFields();
            return member;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(MemberId);
            writer.WriteNullableString(InstanceId);
            writer.WriteNullableString(RackId);
            writer.WriteInt32(MemberEpoch);
            writer.WriteString(ClientId);
            writer.WriteString(ClientHost);
            writer.WriteStringArray(SubscribedTopicNames);
            writer.WriteNullableString(SubscribedTopicRegex);
            Assignment.Write(ref writer, version);
            TargetAssignment.Write(ref writer, version);
            if (version >= 1)
                writer.WriteInt8(MemberType);
            writer.WriteTagCount();
        }
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
        public string TopicName { get; set; } = "";
        public IReadOnlyList<int> Partitions { get; set; } = [];

        public static AssignedTopicPartitions Read(ref ProtocolReader reader, short version)
        {
            var partitions = new AssignedTopicPartitions();
            partitions.TopicId = reader.ReadUuid();
            partitions.TopicName = reader.ReadString();
            partitions.Partitions = reader.ReadInt32Array();
            reader.SkipTaggedFields();
            return partitions;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteUuid(TopicId);
            writer.WriteString(TopicName);
            writer.WriteInt32Array(Partitions);
            writer.WriteTagCount();
        }
    }
}
