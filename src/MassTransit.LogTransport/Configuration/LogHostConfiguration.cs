using MassTransit.Configuration;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Topology;
using MassTransit.Transports;
using MassTransit.Util;

namespace MassTransit.LogTransport.Configuration;

internal sealed class LogHostConfiguration :
    BaseHostConfiguration<LogReceiveEndpointConfiguration, ILogReceiveEndpointConfigurator>
{
    private readonly LogBusConfiguration _busConfiguration;
    private readonly Recycle<LogConnection> _connection;

    public LogHostConfiguration(LogBusConfiguration busConfiguration)
        : base(busConfiguration)
    {
        _busConfiguration = busConfiguration;
        Topology = new LogBusTopology(this, busConfiguration.Topology);
        _connection = new Recycle<LogConnection>(() => new LogConnection(this));

        // A broker that is not there yet is the ordinary case at start, and half a second is what a restart of one takes.
        ReceiveTransportRetryPolicy = Retry.CreatePolicy(x =>
        {
            x.Handle<ConnectionException>();
            x.Exponential(int.MaxValue, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(500));
        });
    }

    public LogHostSettings Settings { get; } = new();

    public LogTopologyConfiguration LogTopology => _busConfiguration.Topology;

    /// <summary>The clients that all endpoints share; a new one after the bus was stopped.</summary>
    public LogConnection Connection => _connection.Supervisor;

    public override Uri HostAddress => Settings.HostAddress;
    public override IBusTopology Topology { get; }
    public override IRetryPolicy ReceiveTransportRetryPolicy { get; }

    public new void ApplyEndpointDefinition(IReceiveEndpointConfigurator configurator, IEndpointDefinition definition)
    {
        base.ApplyEndpointDefinition(configurator, definition);
    }

    public IReceiveEndpointConfiguration CreateBusEndpointConfiguration(LogEndpointConfiguration endpointConfiguration,
        Action<IReceiveEndpointConfigurator>? configure)
    {
        var settings = new LogReceiveSettings(Settings.ReplyTopic, Settings.Instance);

        return Configured(new LogReceiveEndpointConfiguration(this, settings, endpointConfiguration), configure);
    }

    public LogReceiveEndpointConfiguration CreateReceiveEndpointConfiguration(LogReceiveSettings settings,
        Action<ILogReceiveEndpointConfigurator>? configure)
    {
        return Configured(new LogReceiveEndpointConfiguration(this, settings, _busConfiguration.CreateEndpointConfiguration()), configure);
    }

    public override IReceiveEndpointConfiguration CreateReceiveEndpointConfiguration(string queueName, Action<IReceiveEndpointConfigurator>? configure)
    {
        return CreateReceiveEndpointConfiguration(new LogReceiveSettings(queueName), configure);
    }

    public override void ReceiveEndpoint(IEndpointDefinition definition, IEndpointNameFormatter? endpointNameFormatter,
        Action<ILogReceiveEndpointConfigurator>? configureEndpoint = null)
    {
        CreateReceiveEndpointConfiguration(SettingsFor(definition, endpointNameFormatter), configurator =>
        {
            ApplyEndpointDefinition(configurator, definition);
            configureEndpoint?.Invoke(configurator);
        });
    }

    public override void ReceiveEndpoint(string queueName, Action<ILogReceiveEndpointConfigurator> configureEndpoint)
    {
        CreateReceiveEndpointConfiguration(new LogReceiveSettings(queueName), configureEndpoint);
    }

    /// <summary>A temporary endpoint has no topic and no group of its own: it reads from the end and takes direct sends from the reply topic.</summary>
    public LogReceiveSettings SettingsFor(IEndpointDefinition definition, IEndpointNameFormatter? formatter)
    {
        var name = definition.GetEndpointName(formatter ?? DefaultEndpointNameFormatter.Instance);

        return definition.IsTemporary ? new LogReceiveSettings(Settings.ReplyTopic, name) : new LogReceiveSettings(name);
    }

    public override IEnumerable<ValidationResult> Validate()
    {
        var schedule = Settings.Scheduler.Topic;

        if (LogTopology.Topics.Find(schedule) is { CarriesMessages: true })
            yield return this.Failure(schedule, "is the topic of delayed messages and can carry no message type; Scheduler can give it another name");

        foreach (var name in LogTopology.Topics.All.Select(x => x.Name).Where(x => !TopicName.IsLegal(Settings.TopicPrefix + x)))
            yield return this.Failure("Topic", $"'{name}' is not a topic name together with the prefix '{Settings.TopicPrefix}': {TopicName.Rule}");

        foreach (var result in LogTopology.Validate().Concat(base.Validate()))
            yield return result;
    }

    public override IHost Build()
    {
        NativeClient.Load();

        var host = new LogHost(this);

        foreach (var endpointConfiguration in GetConfiguredEndpoints())
            endpointConfiguration.Build(host);

        return host;
    }

    private LogReceiveEndpointConfiguration Configured(LogReceiveEndpointConfiguration configuration,
        Action<LogReceiveEndpointConfiguration>? configure)
    {
        configure?.Invoke(configuration);

        Observers.EndpointConfigured(configuration);
        Add(configuration);

        return configuration;
    }
}
