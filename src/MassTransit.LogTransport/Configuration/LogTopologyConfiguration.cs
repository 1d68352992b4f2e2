using MassTransit.Configuration;
using MassTransit.LogTransport.Topology;
using MassTransit.Topology;

namespace MassTransit.LogTransport.Configuration;

/// <summary>The topologies of a bus; an endpoint shares all but the consume topology.</summary>
internal sealed class LogTopologyConfiguration :
    ITopologyConfiguration
{
    private readonly LogConsumeTopology _consume = new();

    public LogTopologyConfiguration()
    {
        Message = new MessageTopology(LogEntityNames.Formatter);
        Topics = new TopicDescriptions(Message);

        Send = new SendTopology();
        Send.ConnectSendTopologyConfigurationObserver(new DelegateSendTopologyConfigurationObserver(GlobalTopology.Send));
        Send.TryAddConvention(new PartitionKeySendTopologyConvention());

        Publish = new LogPublishTopology(Message);
        Publish.ConnectPublishTopologyConfigurationObserver(new DelegatePublishTopologyConfigurationObserver(GlobalTopology.Publish));
        Publish.ConnectPublishTopologyConfigurationObserver(new PublishToSendTopologyConfigurationObserver(Send));
    }

    public LogTopologyConfiguration(LogTopologyConfiguration parent)
    {
        Message = parent.Message;
        Topics = parent.Topics;
        Send = parent.Send;
        Publish = parent.Publish;
    }

    public IMessageTopologyConfigurator Message { get; }
    public ISendTopologyConfigurator Send { get; }
    public LogPublishTopology Publish { get; }
    public IConsumeTopologyConfigurator Consume => _consume;
    public TopicDescriptions Topics { get; }

    IPublishTopologyConfigurator ITopologyConfiguration.Publish => Publish;

    public IEnumerable<ValidationResult> Validate()
    {
        return Send.Validate().Concat(Publish.Validate()).Concat(_consume.Validate());
    }
}
