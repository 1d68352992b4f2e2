using MassTransit.Configuration;
using MassTransit.Contracts.JobService;
using MassTransit.LogTransport.Failures;
using MassTransit.LogTransport.Receiving;
using MassTransit.LogTransport.Topology;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Configuration;

/// <summary>Learns, while consumers are connected, which types the endpoint handles and which topics it therefore reads.</summary>
internal sealed class LogReceiveEndpointBuilder(LogHostConfiguration hostConfiguration, LogReceiveEndpointConfiguration configuration) :
    ReceiveEndpointBuilder(configuration)
{
    private readonly HandledTypes _handled = new();
    private readonly HashSet<string> _topics = new(configuration.Settings.Subscriptions, StringComparer.Ordinal);

    /// <summary>Whether jobs are started on this endpoint.</summary>
    public bool HasJobs { get; private set; }

    public override ConnectHandle ConnectConsumePipe<T>(IPipe<ConsumeContext<T>> pipe, ConnectPipeOptions options)
    {
        var topic = TopicName.Of(configuration.Topology.Message.GetMessageTopology<T>());

        _handled.Add<T>(topic);
        HasJobs |= typeof(T) == typeof(StartJob);

        if (configuration.ConfigureConsumeTopology && options.HasFlag(ConnectPipeOptions.ConfigureConsumeTopology)
            && configuration.Topology.Consume.GetMessageTopology<T>().ConfigureConsumeTopology
            && GlobalTopology.IsConsumableMessageType(typeof(T)))
            _topics.Add(topic);

        return base.ConnectConsumePipe(pipe, options);
    }

    public LogReceiveEndpointContext CreateReceiveEndpointContext()
    {
        var context = new LogReceiveEndpointContext(hostConfiguration, configuration, new Subscriptions(hostConfiguration, configuration.Settings, _topics, _handled));

        IErrorTransport errorTransport = new LogErrorTransport(hostConfiguration, context);
        IDeadLetterTransport deadLetterTransport = new LogDeadLetterTransport(hostConfiguration, context);

        context.GetOrAddPayload(() => errorTransport);
        context.GetOrAddPayload(() => deadLetterTransport);
        context.GetOrAddPayload(() => hostConfiguration.Topology);
        context.GetOrAddPayload(() => hostConfiguration);

        return context;
    }
}
