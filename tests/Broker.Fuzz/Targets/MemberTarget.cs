using Broker.Groups;

namespace Broker.Fuzz.Targets;

/// <summary>What members of a group say of themselves: the subscription of a consumer, which the coordinator looks into.</summary>
internal static class MemberTarget
{
    public static FuzzTarget Create() => new("member", [.. Corpus.Read("member")], Run, length => 4096 + (64L * length));

    private static void Run(byte[] input)
    {
        if (ConsumerSubscription.TopicsOf([input]) is { } topics && topics.Sum(t => t.Length) > input.Length)
            throw new InvalidOperationException("More was read than there is.");
    }
}
