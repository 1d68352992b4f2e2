using Broker.Protocol;

namespace Broker.Topics;

/// <summary>What a change of topics may not do, in words for the client. Looks, and changes nothing.</summary>
internal static class TopicRules
{
    private const int MaxPartitions = 10_000;

    /// <exception cref="TopicFaultException">There is a topic of this name, or cannot be.</exception>
    public static void CheckNew(TopicSet topics, string name)
    {
        if (topics.ByName.ContainsKey(name))
            throw new TopicFaultException(ErrorCode.TopicAlreadyExists, $"Topic '{name}' already exists.");
        if (TopicName.Check(name) is { } fault)
            throw new TopicFaultException(ErrorCode.InvalidTopicException, fault);
        if (name == TopicName.ClusterMetadata)
            throw new TopicFaultException(ErrorCode.InvalidRequest, $"Creation of internal topic {name} is prohibited.");
        if (topics.Sorted.FirstOrDefault(t => TopicName.Collide(t.Name, name)) is { } other)
            throw new TopicFaultException(ErrorCode.InvalidTopicException, $"Topic '{name}' collides with existing topic: {other.Name}.");
    }

    /// <exception cref="TopicFaultException">There is none.</exception>
    public static Topic Existing(TopicSet topics, string name) =>
        topics.ByName.GetValueOrDefault(name) ?? throw new TopicFaultException(ErrorCode.UnknownTopicOrPartition, $"The topic '{name}' does not exist.");

    /// <exception cref="TopicFaultException">No topic has that many.</exception>
    public static void CheckPartitions(int count)
    {
        if (count is < 1 or > MaxPartitions)
            throw new TopicFaultException(ErrorCode.InvalidPartitions, $"A topic has from 1 to {MaxPartitions} partitions, not {count}.");
    }

    /// <exception cref="TopicFaultException">The number cannot rise to that.</exception>
    public static void CheckGrowth(Topic topic, int count)
    {
        var now = topic.Partitions.Count;
        if (count <= now)
        {
            throw new TopicFaultException(
                ErrorCode.InvalidPartitions,
                count == now ? $"Topic already has {now} partition(s)." : $"The topic {topic.Name} currently has {now} partition(s); {count} would not be an increase.");
        }

        CheckPartitions(count);
        if (topic.IsInternal)
            throw new TopicFaultException(ErrorCode.InvalidTopicException, $"Topic '{topic.Name}' is internal: its partitions cannot be added to.");
    }
}
