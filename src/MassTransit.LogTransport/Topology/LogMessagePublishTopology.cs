using System.Diagnostics.CodeAnalysis;
using MassTransit.Topology;

namespace MassTransit.LogTransport.Topology;

internal interface ILogMessagePublishTopology
{
    string TopicName { get; }
    bool Exclude { get; }
}

internal sealed class LogMessagePublishTopology<TMessage> :
    MessagePublishTopology<TMessage>,
    ILogMessagePublishTopology
    where TMessage : class
{
    private readonly List<ILogMessagePublishTopology> _implemented = [];
    private readonly IMessageTopology<TMessage> _messageTopology;
    private readonly Lazy<string[]> _topics;

    public LogMessagePublishTopology(IPublishTopology publishTopology, IMessageTopology<TMessage> messageTopology)
        : base(publishTopology)
    {
        _messageTopology = messageTopology;
        _topics = new Lazy<string[]>(FindTopics);
    }

    public string TopicName => Topology.TopicName.Of(_messageTopology);

    /// <summary>Names without the prefix: the type's own topic first, the others in ordinal order, each once.</summary>
    public IReadOnlyList<string> Topics => _topics.Value;

    public void Implements(ILogMessagePublishTopology topology) => _implemented.Add(topology);

    public override bool TryGetPublishAddress(Uri baseAddress, [NotNullWhen(true)] out Uri? publishAddress)
    {
        publishAddress = new LogEndpointAddress(baseAddress, TopicName, isTopic: true).ToUri();
        return true;
    }

    private string[] FindTopics()
    {
        var others = _implemented.Where(x => !x.Exclude).Select(x => x.TopicName).Order(StringComparer.Ordinal);

        return others.Prepend(TopicName).Distinct(StringComparer.Ordinal).ToArray();
    }
}
