using MassTransit.Metadata;
using MassTransit.Topology;

namespace MassTransit.LogTransport.Topology;

/// <summary>Which topics a published message goes to: its own and those of the types it implements.</summary>
internal sealed class LogPublishTopology(IMessageTopology messageTopology) :
    PublishTopology
{
    public LogMessagePublishTopology<T> GetLogTopology<T>()
        where T : class
    {
        return (LogMessagePublishTopology<T>)GetMessageTopology<T>();
    }

    protected override IMessagePublishTopologyConfigurator CreateMessageTopology<T>()
    {
        var topology = new LogMessagePublishTopology<T>(this, messageTopology.GetMessageTopology<T>());

        ImplementedMessageTypeCache<T>.EnumerateImplementedTypes(new Connector<T>(this, topology));

        OnMessageTopologyCreated(topology);

        return topology;
    }

    private sealed class Connector<TMessage>(LogPublishTopology publishTopology, LogMessagePublishTopology<TMessage> topology) :
        IImplementedMessageType
        where TMessage : class
    {
        public void ImplementsMessageType<T>(bool direct)
            where T : class
        {
            topology.Implements(publishTopology.GetLogTopology<T>());
        }
    }
}
