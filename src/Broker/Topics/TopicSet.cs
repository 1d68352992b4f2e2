namespace Broker.Topics;

/// <summary>All topics at one moment. Immutable; a change makes another.</summary>
/// <param name="topics">The topics.</param>
/// <param name="gone">What was counted of those that are no more.</param>
internal sealed class TopicSet(IReadOnlyCollection<Topic> topics, TopicCounts gone)
{
    /// <summary>In order of name.</summary>
    public IReadOnlyList<Topic> Sorted { get; } = topics.OrderBy(t => t.Name, StringComparer.Ordinal).ToArray();

    public Dictionary<string, Topic> ByName { get; } = topics.ToDictionary(t => t.Name, StringComparer.Ordinal);

    public Dictionary<Guid, Topic> ById { get; } = topics.ToDictionary(t => t.Id);

    /// <summary>Of topics that were deleted.</summary>
    public TopicCounts Gone => gone;

    public TopicCounts Counts => gone.Plus(CountsOf(Sorted));

    public TopicSet With(Topic changed) => new([.. Sorted.Where(t => t.Id != changed.Id), changed], gone);

    public TopicSet Without(Topic removed) => new([.. Sorted.Where(t => t.Id != removed.Id)], gone.Plus(CountsOf([removed])));

    private static IEnumerable<TopicCounts> CountsOf(IEnumerable<Topic> topics) => topics.SelectMany(t => t.Partitions).Select(p => p.Counts);
}
