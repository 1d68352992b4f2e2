using Broker.Groups.Consumer;

namespace Broker.Tests.Groups;

public sealed class UniformAssignorTests
{
    private const int Seed = 848;

    [Fact]
    public void shares_differ_by_one_at_most_and_a_newcomer_takes_no_more_than_its_share()
    {
        var topics = new[] { Topic("t", 7), Topic("u", 5) };
        var three = Assign(topics, ("a", []), ("b", []), ("c", []));
        var four = Assign(topics, ("a", three["a"]), ("b", three["b"]), ("c", three["c"]), ("d", []));

        Assert.All(three.Values, share => Assert.Equal(4, share.Count));
        Assert.All(four.Values, share => Assert.Equal(3, share.Count));
        Assert.All(["a", "b", "c"], id => Assert.Empty(four[id].Except(three[id])));
    }

    [Fact]
    public void who_stays_keeps_all_it_had_when_another_leaves()
    {
        var topics = new[] { Topic("t", 9) };
        var three = Assign(topics, ("a", []), ("b", []), ("c", []));
        var two = Assign(topics, ("a", three["a"]), ("b", three["b"]));

        Assert.Equal(9, two.Values.Sum(share => share.Count));
        Assert.All(["a", "b"], id => Assert.Empty(three[id].Except(two[id])));
    }

    [Fact]
    public void whatever_members_want_each_partition_has_one_reader_and_no_move_would_even_things_out()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 200; round++)
        {
            var topics = Enumerable.Range(0, random.Next(1, 5)).Select(i => Topic($"t{i}", random.Next(1, 9))).ToArray();
            var members = Enumerable.Range(0, random.Next(1, 6))
                .Select(i => new Subscriber(
                    $"m{i}", null, topics.Where(_ => random.Next(3) > 0).Select(t => t.Id).ToHashSet(),
                    ValueSet<TopicIdPartition>.Of(topics.SelectMany(Partitions).Where(_ => random.Next(4) == 0))))
                .ToList();
            topics = [.. topics.Where(t => members.Any(m => m.TopicIds.Contains(t.Id)))];

            var shares = UniformAssignor.Assign(members, topics);

            Assert.Equal(topics.SelectMany(Partitions).Order(), shares.Values.SelectMany(share => share).Order());
            foreach (var member in members)
            {
                Assert.All(shares[member.MemberId], p => Assert.Contains(p.TopicId, member.TopicIds));
                foreach (var partition in shares[member.MemberId])
                {
                    var others = members.Where(m => m.TopicIds.Contains(partition.TopicId)).Select(m => shares[m.MemberId].Count);
                    Assert.True(shares[member.MemberId].Count - others.Min() < 2, $"round {round}: {member.MemberId} has too many");
                }
            }
        }
    }

    private static Dictionary<string, List<TopicIdPartition>> Assign(TopicView[] topics, params (string Id, List<TopicIdPartition> Had)[] members) =>
        UniformAssignor.Assign(
            [.. members.Select(m => new Subscriber(m.Id, null, topics.Select(t => t.Id).ToHashSet(), ValueSet<TopicIdPartition>.Of(m.Had)))], topics);

    private static TopicView Topic(string name, int partitions) => new(name, Support.TestTopics.IdOf(name), partitions);

    private static IEnumerable<TopicIdPartition> Partitions(TopicView topic) =>
        Enumerable.Range(0, topic.Partitions).Select(p => new TopicIdPartition(topic.Id, p));
}
