using MassTransit.Configuration;

namespace MassTransit.LogTransport.Topology;

/// <summary>Every topic the configuration describes, by name without the prefix, and which message type it carries with which key.</summary>
internal sealed class TopicDescriptions(IMessageTopologyConfigurator messageTopology)
{
    private readonly Dictionary<string, TopicDescription> _topics = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, TopicDescription> _carriers = [];

    public RecordKeys Keys { get; } = new();

    public IEnumerable<TopicDescription> All => _topics.Values;

    public TopicDescription GetOrAdd(string name)
    {
        if (!_topics.TryGetValue(TopicName.Checked(name, "Topic"), out var topic))
            _topics.Add(name, topic = new TopicDescription(name, this));

        return topic;
    }

    public TopicDescription? Find(string name) => _topics.GetValueOrDefault(name);

    public void Carry<T>(TopicDescription topic, Func<T, string?>? key)
        where T : class
    {
        if (_carriers.TryGetValue(typeof(T), out var other) && other != topic)
            throw new ConfigurationException($"{TypeCache<T>.ShortName} is carried by '{other.Name}' already and cannot be carried by '{topic.Name}' too.");

        if (_carriers.TryAdd(typeof(T), topic))
            messageTopology.GetMessageTopology<T>().SetEntityName(topic.Name);

        if (key != null)
            Keys.Add(key);
    }
}
