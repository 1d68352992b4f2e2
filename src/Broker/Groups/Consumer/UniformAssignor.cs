namespace Broker.Groups.Consumer;

/// <summary>
/// As many partitions for each member as for the next, and as few moved as that allows: members keep what they have, what is free goes to whoever has
/// least, and then partitions move, one by one and from the largest share first, to members with at least two less until none does. Where all
/// want the same topics no two shares differ by more than one; where they do not, no single move would bring two shares closer.
/// </summary>
internal static class UniformAssignor
{
    public static Dictionary<string, List<TopicIdPartition>> Assign(IReadOnlyList<Subscriber> members, IReadOnlyList<TopicView> topics)
    {
        var subscribers = topics.ToDictionary(t => t.Id, t => members.Where(m => m.TopicIds.Contains(t.Id)).Select(m => m.MemberId).ToArray());
        var partitions = topics.ToDictionary(t => t.Id, t => t.Partitions);
        var taken = new HashSet<TopicIdPartition>();
        var shares = members.ToDictionary(m => m.MemberId, m => Kept(m, partitions, taken), StringComparer.Ordinal);

        foreach (var topic in topics.OrderBy(t => subscribers[t.Id].Length))
        {
            for (var p = 0; p < topic.Partitions; p++)
            {
                var partition = new TopicIdPartition(topic.Id, p);
                if (taken.Add(partition))
                    shares[subscribers[topic.Id].MinBy(id => shares[id].Count)!].Add(partition);
            }
        }

        while (shares.Values.OrderByDescending(share => share.Count).Any(share => TryRelieve(shares, share, subscribers)))
        {
        }

        return shares;
    }

    private static List<TopicIdPartition> Kept(Subscriber member, Dictionary<Guid, int> partitions, HashSet<TopicIdPartition> taken) =>
        [.. member.Target.Where(p => member.TopicIds.Contains(p.TopicId) && p.Partition < partitions.GetValueOrDefault(p.TopicId) && taken.Add(p))];

    /// <summary>Moves one partition of a share, the last that can go, to whoever has least and at least two less.</summary>
    private static bool TryRelieve(
        Dictionary<string, List<TopicIdPartition>> shares, List<TopicIdPartition> share, Dictionary<Guid, string[]> subscribers)
    {
        for (var i = share.Count - 1; i >= 0; i--)
        {
            var partition = share[i];
            var smallest = shares[subscribers[partition.TopicId].MinBy(id => shares[id].Count)!];
            if (share.Count - smallest.Count < 2)
                continue;
            share.RemoveAt(i);
            smallest.Add(partition);
            return true;
        }

        return false;
    }
}
