namespace Broker.Topics;

/// <summary>All topics at one moment. Immutable; a change makes another.</summary>
internal sealed class TopicSet(IReadOnlyCollection<Topic> topics)
{
    /// <summary>In order of name.</summary>
    public IReadOnlyList<Topic> Sorted { get; } = topics.OrderBy(t => t.Name, StringComparer.Ordinal).ToArray();

    public Dictionary<string, Topic> ByName { get; } = topics.ToDictionary(t => t.Name, StringComparer.Ordinal);

    public Dictionary<Guid, Topic> ById { get; } = topics.ToDictionary(t => t.Id);

    public TopicSet With(Topic changed) => new([.. Sorted.Where(t => t.Id != changed.Id), changed]);

    public TopicSet Without(Topic removed) => new([.. Sorted.Where(t => t.Id != removed.Id)]);
}
