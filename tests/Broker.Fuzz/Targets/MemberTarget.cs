using Broker.Groups;
using Broker.Groups.Consumer;

namespace Broker.Fuzz.Targets;

/// <summary>What members of a group say of themselves, which the coordinator looks into: the subscription of a consumer, and what it was assigned.</summary>
internal static class MemberTarget
{
    private static readonly Comparer<TopicPartition> ByPlace = Comparer<TopicPartition>.Create(
        (a, b) => string.CompareOrdinal(a.Topic, b.Topic) is var order and not 0 ? order : a.Partition.CompareTo(b.Partition));

    public static FuzzTarget Create() => new("member", [.. Corpus.Read("member"), .. Built()], Run, length => 4096 + (64L * length));

    private static void Run(byte[] input)
    {
        if (ConsumerSubscription.TopicsOf([input]) is { } topics && topics.Sum(t => t.Length) > input.Length)
            throw new InvalidOperationException("More was read than there is.");
        if (EmbeddedProtocol.ReadSubscription(input) is { } subscription)
            Check(input, subscription.Topics, subscription.Owned ?? []);
        if (EmbeddedProtocol.ReadAssignment(input) is { Count: > 0 } assigned)
        {
            Check(input, [], assigned);
            var again = EmbeddedProtocol.ReadAssignment(EmbeddedProtocol.WriteAssignment(version: 0, assigned));
            if (again is null || !again.Order(ByPlace).SequenceEqual(assigned.Order(ByPlace)))
                throw new InvalidOperationException("An assignment does not come back.");
        }
    }

    private static void Check(byte[] input, IReadOnlyList<string> topics, IReadOnlyList<TopicPartition> partitions)
    {
        if (topics.Sum(t => (long)t.Length) + (sizeof(int) * (long)partitions.Count) > input.Length)
            throw new InvalidOperationException("More was read than there is.");
    }

    private static IEnumerable<byte[]> Built() =>
        from version in new short[] { 0, 1, 3 }
        select EmbeddedProtocol.WriteAssignment(version, [new("t", 0), new("t", 1), new("other", 7)]);
}
