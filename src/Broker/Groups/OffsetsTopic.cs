namespace Broker.Groups;

/// <summary>The internal topic that keeps groups and their offsets.</summary>
internal static class OffsetsTopic
{
    public const string Name = Topics.TopicName.ConsumerOffsets;

    /// <summary>
    /// Which partition keeps a group: the absolute value of Java's hash of its id, so that Kafka's tools look where Kafka would. The
    /// smallest int has no absolute value and counts as 0.
    /// </summary>
    public static int PartitionFor(string groupId, int partitionCount)
    {
        var hash = 0;
        foreach (var c in groupId)
            hash = unchecked((hash * 31) + c);
        return hash == int.MinValue ? 0 : Math.Abs(hash) % partitionCount;
    }
}
