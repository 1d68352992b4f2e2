namespace Broker.Groups.Consumer;

/// <summary>A member as assignors see it.</summary>
/// <param name="MemberId">Its id.</param>
/// <param name="InstanceId">Of a static member.</param>
/// <param name="TopicIds">What it wants, of the topics that exist.</param>
/// <param name="Target">What it was to hold until now.</param>
internal sealed record Subscriber(string MemberId, string? InstanceId, IReadOnlySet<Guid> TopicIds, ValueSet<TopicIdPartition> Target);

/// <summary>
/// A way to share partitions among members. Static members come first, in order of their instance, then the others in order of their id;
/// topics in order of name. The same input always gives the same shares.
/// </summary>
internal sealed record Assignor(string Name, Func<IReadOnlyList<Subscriber>, IReadOnlyList<TopicView>, Dictionary<string, List<TopicIdPartition>>> Assign)
{
    public static IReadOnlyList<Assignor> All { get; } =
    [
        new("uniform", UniformAssignor.Assign),
        new("range", RangeAssignor.Assign),
    ];

    public static Assignor Find(string name) => All.First(assignor => assignor.Name == name);
}
