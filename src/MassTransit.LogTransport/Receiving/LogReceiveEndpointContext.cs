using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Sending;
using MassTransit.Transports;
using MassTransit.Util;

namespace MassTransit.LogTransport.Receiving;

internal sealed class LogReceiveEndpointContext :
    BaseReceiveEndpointContext
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
        return new ConnectionException(Refusal(exception) ?? message + InputAddress, exception);
    }

    /// <summary>Says which right is missing, or which setting is wrong, when that is why reading failed.</summary>
    public string? Refusal(Exception exception)
    {
        return exception is KafkaException { Error: var error } ? Refusals.Reading(HostConfiguration.Settings, Group, error) : null;
    }

    public Task NowReading()
    {
        _isReading = true;
        return TransportObservers.NotifyReady(InputAddress);
    }

    public void NoLongerReading() => _isReading = false;

    /// <summary>Shows in the endpoint's health until <see cref="NowWell" />. An observer that fails is logged.</summary>
    public Task Unwell(Exception exception) => Tell(() => TransportObservers.NotifyFaulted(InputAddress, exception));

    public Task NowWell() => Tell(() => TransportObservers.NotifyReady(InputAddress, _isReading));

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
            Transactions = Settings.Transactions != null,
            StartFrom = (Settings.StartFrom ?? HostConfiguration.Settings.StartFrom).ToString(),
        });
    }

    private static async Task Tell(Func<Task> tell)
    {
        try
        {
            await tell().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // An application's observer failed; what is observed goes on.
            MassTransit.LogContext.Warning?.Log(exception, "An observer of the transport failed");
        }
    }

    protected override ISendTransportProvider CreateSendTransportProvider() => new LogTransportProvider(HostConfiguration, this);

    protected override IPublishTransportProvider CreatePublishTransportProvider() => new LogTransportProvider(HostConfiguration, this);
}
