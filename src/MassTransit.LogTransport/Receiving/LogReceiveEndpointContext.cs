using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Sending;
using MassTransit.Transports;
using MassTransit.Util;

namespace MassTransit.LogTransport.Receiving;

internal sealed class LogReceiveEndpointContext :
    BaseReceiveEndpointContext,
    IBrokerWatcher
{
    private readonly Recycle<EndpointClientSupervisor> _client;
    private volatile bool _isReading;

    public LogReceiveEndpointContext(LogHostConfiguration hostConfiguration, LogReceiveEndpointConfiguration configuration, Subscriptions subscriptions)
        : base(hostConfiguration, configuration)
    {
        HostConfiguration = hostConfiguration;
        Settings = configuration.Settings;
        Subscriptions = subscriptions;

        _client = new Recycle<EndpointClientSupervisor>(() => new EndpointClientSupervisor(this));
    }

    public LogHostConfiguration HostConfiguration { get; }
    public LogReceiveSettings Settings { get; }
    public Subscriptions Subscriptions { get; }
    public EndpointClientSupervisor ClientSupervisor => _client.Supervisor;

    /// <summary>Records that may be handled at once.</summary>
    public int Limit => ConcurrentMessageLimit ?? PrefetchCount;

    /// <summary>The consumer group, without meaning for an endpoint that assigns partitions to itself.</summary>
    public string Group => HostConfiguration.Settings.TopicPrefix + Settings.Name;

    public override void AddSendAgent(IAgent agent) => _client.Supervisor.AddSendAgent(agent);

    public override void AddConsumeAgent(IAgent agent) => _client.Supervisor.AddConsumeAgent(agent);

    public override Exception ConvertException(Exception exception, string message)
    {
        return new ConnectionException(message + InputAddress, exception);
    }

    public Task NowReading()
    {
        _isReading = true;
        return TransportObservers.NotifyReady(InputAddress);
    }

    public void NoLongerReading() => _isReading = false;

    public Task BrokersLost(ConnectionException exception) => TransportObservers.NotifyFaulted(InputAddress, exception);

    public Task BrokersReached() => TransportObservers.NotifyReady(InputAddress, _isReading);

    public override void Probe(ProbeContext context)
    {
        context.Add("type", "Log");
        context.Set(new
        {
            Group = Settings.HasGroup ? Group : null,
            Settings.Instance,
            Topics = Subscriptions.All.ToArray(),
            DeliveryOrder = Settings.DeliveryOrder.ToString(),
            PrefetchCount,
            ConcurrentMessageLimit = Limit,
            Settings.MaxUncommittedRecords,
            StartFrom = (Settings.StartFrom ?? HostConfiguration.Settings.StartFrom).ToString(),
        });
    }

    protected override ISendTransportProvider CreateSendTransportProvider() => new LogTransportProvider(HostConfiguration, this);

    protected override IPublishTransportProvider CreatePublishTransportProvider() => new LogTransportProvider(HostConfiguration, this);
}
