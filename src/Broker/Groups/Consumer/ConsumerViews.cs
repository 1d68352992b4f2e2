using static Broker.Protocol.Messages.ConsumerGroupDescribeResponse;

namespace Broker.Groups.Consumer;

/// <summary>What a group of the consumer protocol shows of itself to administrators.</summary>
internal static class ConsumerViews
{
    private const sbyte ClassicMember = 0;
    private const sbyte MemberOfConsumerProtocol = 1;

    public static DescribedGroup Describe(Group group, ConsumerState state) => new()
    {
        GroupId = group.Id,
        GroupState = state.Name,
        GroupEpoch = state.Epoch,
        AssignmentEpoch = state.TargetEpoch,
        AssignorName = state.AssignorName(group.Settings),
        Members = [.. state.Members.Values.OrderBy(m => m.Id, StringComparer.Ordinal).Select(m => new DescribedMember
        {
            MemberId = m.Id,
            InstanceId = m.Metadata.InstanceId,
            RackId = m.Metadata.RackId,
            MemberEpoch = m.Current.Epoch,
            ClientId = m.Metadata.ClientId,
            ClientHost = m.Metadata.ClientHost,
            SubscribedTopicNames = m.Metadata.TopicNames,
            SubscribedTopicRegex = m.Metadata.TopicRegex,
            Assignment = Assignment(m.Current.Held.Select(held => held.Partition), group.Topics),
            TargetAssignment = Assignment(state.TargetOf(m.Id), group.Topics),
            MemberType = m.IsClassic ? ClassicMember : MemberOfConsumerProtocol,
        })],
    };

    private static MemberAssignment Assignment(IEnumerable<TopicIdPartition> partitions, ITopicsView topics) => new()
    {
        TopicPartitions = [.. partitions.GroupBy(p => p.TopicId).Where(topic => topics.Find(topic.Key) is not null).Select(topic => new AssignedTopicPartitions
        {
            TopicId = topic.Key,
            TopicName = topics.Find(topic.Key)!.Value.Name,
            Partitions = [.. topic.Select(p => p.Partition).Order()],
        })],
    };
}
