using MassTransit.Configuration;
using MassTransit.LogTransport.Receiving;
using MassTransit.LogTransport.Topology;
using MassTransit.Middleware;
using MassTransit.Transports;
using MassTransit.Transports.Components;

namespace MassTransit.LogTransport.Configuration;

internal sealed class LogReceiveEndpointConfiguration :
    ReceiveEndpointConfiguration,
    ILogReceiveEndpointConfigurator
{
    private readonly LogHostConfiguration _hostConfiguration;
    private readonly Lazy<Uri> _inputAddress;

    public LogReceiveEndpointConfiguration(LogHostConfiguration hostConfiguration, LogReceiveSettings settings,
        LogEndpointConfiguration endpointConfiguration)
        : base(hostConfiguration, endpointConfiguration)
    {
        _hostConfiguration = hostConfiguration;
        _inputAddress = new Lazy<Uri>(() => new LogEndpointAddress(HostAddress, settings.Name, instance: settings.Instance).ToUri());
        Settings = settings;
        Topology = endpointConfiguration.Topology;

        ConnectConsumerConfigurationObserver(new BatchConsumerObserver(settings));
        ConnectConsumerConfigurationObserver(new MessageTypeObserver());
    }

    public LogReceiveSettings Settings { get; }
    public new LogTopologyConfiguration Topology { get; }
    public override Uri HostAddress => _hostConfiguration.HostAddress;
    public override Uri InputAddress => _inputAddress.Value;

    public DeliveryOrder DeliveryOrder
    {
        set => Settings.DeliveryOrder = value;
    }

    public int ConcurrentDeliveryLimit
    {
        set => Settings.ConcurrentDeliveryLimit = value;
    }

    public int MaxUncommittedRecords
    {
        set => Settings.MaxUncommittedRecords = value;
    }

    public bool PurgeOnStartup
    {
        set => Settings.PurgeOnStartup = value;
    }

    public void UseKafkaTransactions(Action<ILogTransactionConfigurator>? configure = null)
    {
        var transactions = new LogTransactionSettings();
        configure?.Invoke(transactions);
        Settings.Transactions = transactions;
    }

    /// <summary>A kill switch is known only by this.</summary>
    ConnectHandle IReceiveEndpointObserverConnector.ConnectReceiveEndpointObserver(IReceiveEndpointObserver observer)
    {
        if (observer is IKillSwitch killSwitch)
            Settings.RestartTimeout = killSwitch.RestartTimeout;

        return ConnectReceiveEndpointObserver(observer);
    }

    public void StartFrom(StartPosition position) => Settings.StartFrom = position;

    public void Subscribe(string topic) => Settings.Subscriptions.Add(TopicName.Checked(topic, nameof(Subscribe)));

    public override ReceiveEndpointContext CreateReceiveEndpointContext() => CreateLogReceiveEndpointContext();

    public void Build(IHost host)
    {
        var context = CreateLogReceiveEndpointContext();

        var configurator = new PipeConfigurator<EndpointClient>();
        configurator.UseFilter(new DeployTopicsFilter(context));

        if (_hostConfiguration.DeployTopologyOnly)
        {
            if (Settings.HasGroup)
                configurator.UseFilter(new SettleStartFilter(context));

            configurator.UseFilter(new DeployedFilter(context));
        }
        else
        {
            configurator.UseFilter(new ReceiveEndpointDependencyFilter<EndpointClient>(context));
            configurator.UseFilter(new RecordConsumerFilter(context));
        }

        var transport = new ReceiveTransport<EndpointClient>(_hostConfiguration, context, () => context.ClientSupervisor,
            ((IBuildPipeConfigurator<EndpointClient>)configurator).Build());

        // The bus endpoint reads nothing until the first request, but a bus that only writes must still tell whether its broker is there.
        if (IsBusEndpoint)
            transport.PreStartPipe = new ConnectedFilter(_hostConfiguration, context).ToPipe();

        ReceiveEndpoint = new ReceiveEndpoint(transport, context);

        host.AddReceiveEndpoint(Settings.Key, (ReceiveEndpoint)ReceiveEndpoint);
    }

    public override IEnumerable<ValidationResult> Validate()
    {
        var send = _hostConfiguration.LogTopology.Send;
        var topics = (string[])[Settings.Name, send.ErrorQueueNameFormatter.FormatErrorQueueName(Settings.Name), send.DeadLetterQueueNameFormatter.FormatDeadLetterQueueName(Settings.Name)];

        foreach (var topic in topics.Select(x => _hostConfiguration.Settings.TopicPrefix + x).Where(x => !TopicName.IsLegal(x)))
            yield return this.Failure(Settings.Name, $"needs the topic '{topic}', which is not a topic name: {TopicName.Rule}");

        if (Settings.Name == _hostConfiguration.Settings.Scheduler.Topic)
            yield return this.Failure(Settings.Name, "is the topic of delayed messages and cannot be an endpoint; Scheduler can give it another name");

        if (Settings.ConcurrentDeliveryLimit < 1)
            yield return this.Failure(Settings.Name, nameof(ConcurrentDeliveryLimit), "must be 1 or more");

        if (Settings.MaxUncommittedRecords < 1)
            yield return this.Failure(Settings.Name, nameof(MaxUncommittedRecords), "must be 1 or more");

        if (Settings is { Transactions: not null, HasGroup: false })
            yield return this.Failure(Settings.Name, nameof(UseKafkaTransactions), "needs a consumer group to commit offsets for; an endpoint that is temporary or has an instance id has none");

        if (Settings.Transactions != null && _hostConfiguration.Settings.ReadsUncommitted)
            yield return this.Failure(Settings.Name, nameof(UseKafkaTransactions), "needs a consumer that reads read_committed; isolation.level is set to read_uncommitted");

        if (Settings.PurgeOnStartup)
            yield return this.Warning(Settings.Name, "the group moves to the end of its topics on start");

        foreach (var result in base.Validate())
            yield return result.WithParentKey(Settings.Name);
    }

    private LogReceiveEndpointContext CreateLogReceiveEndpointContext()
    {
        var builder = new LogReceiveEndpointBuilder(_hostConfiguration, this);

        ApplySpecifications(builder);

        // Known only now, when the consumers have been connected.
        if (Settings is { Transactions: not null, HasBatchConsumers: true })
            throw Refused("batch consumers: what a batch sends belongs to one of its messages, and the offsets of the others could be committed without it. Give the batch an endpoint of its own.");

        if (Settings.Transactions != null && builder.HasJobs)
            throw Refused("job consumers: a job goes on after its message is done, and what it sends then is in no transaction. Leave the job's endpoint without it.");

        return builder.CreateReceiveEndpointContext();
    }

    private ConfigurationException Refused(string what) => new($"{Settings.Name}: {nameof(UseKafkaTransactions)} cannot be combined with {what}");
}
