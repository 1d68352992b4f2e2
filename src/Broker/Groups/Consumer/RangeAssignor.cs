namespace Broker.Groups.Consumer;

/// <summary>
/// Each topic in consecutive ranges to its subscribers, in their order: partitions with one number of several topics go to one member
/// where the topics have as many partitions and the members want the same of them.
/// </summary>
internal static class RangeAssignor
{
    public static Dictionary<string, List<TopicIdPartition>> Assign(IReadOnlyList<Subscriber> members, IReadOnlyList<TopicView> topics)
    {
        var shares = members.ToDictionary(m => m.MemberId, _ => new List<TopicIdPartition>(), StringComparer.Ordinal);
        foreach (var topic in topics)
        {
            var subscribers = members.Where(m => m.TopicIds.Contains(topic.Id)).ToList();
            var next = 0;
            for (var i = 0; i < subscribers.Count; i++)
            {
                var count = (topic.Partitions / subscribers.Count) + (i < topic.Partitions % subscribers.Count ? 1 : 0);
                shares[subscribers[i].MemberId].AddRange(Enumerable.Range(next, count).Select(p => new TopicIdPartition(topic.Id, p)));
                next += count;
            }
        }

        return shares;
    }
}
