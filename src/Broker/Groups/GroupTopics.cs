using Broker.Groups.Consumer;
using Broker.Topics;

namespace Broker.Groups;

/// <summary>The catalog's topics as groups see them.</summary>
internal sealed class GroupTopics(TopicCatalog catalog) : ITopicsView
{
    public object Version => catalog.Version;

    public IEnumerable<string> Names => catalog.All.Select(topic => topic.Name);

    public TopicView? Find(string name) => catalog.TryFind(name, out var topic) ? View(topic) : null;

    public TopicView? Find(Guid id) => catalog.TryFind(id, out var topic) ? View(topic) : null;

    private static TopicView View(Topic topic) => new(topic.Name, topic.Id, topic.Partitions.Count);
}
