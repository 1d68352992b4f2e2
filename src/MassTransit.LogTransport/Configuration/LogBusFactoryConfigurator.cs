using MassTransit.Configuration;

namespace MassTransit.LogTransport.Configuration;

internal sealed class LogBusFactoryConfigurator :
    BusFactoryConfigurator,
    ILogBusFactoryConfigurator,
    IBusFactory
{
    private readonly LogBusConfiguration _busConfiguration;
    private readonly LogHostConfiguration _host;

    public LogBusFactoryConfigurator(LogBusConfiguration busConfiguration)
        : base(busConfiguration)
    {
        _busConfiguration = busConfiguration;
        _host = busConfiguration.HostConfiguration;
    }

    public IReceiveEndpointConfiguration CreateBusEndpointConfiguration(Action<IReceiveEndpointConfigurator> configure)
    {
        return _host.CreateBusEndpointConfiguration(_busConfiguration.BusEndpointConfiguration, configure);
    }

    public void Host(string bootstrapServers, Action<ILogHostConfigurator>? configure = null)
    {
        _host.Settings.BootstrapServers = bootstrapServers;
        configure?.Invoke(_host.Settings);
    }

    public void Topic(string name, Action<ILogTopicConfigurator> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(_busConfiguration.Topology.Topics.GetOrAdd(name));
    }

    public void StartFrom(StartPosition position) => _host.Settings.StartFrom = position;

    public void Deploy(TopicDeployment deployment) => _host.Settings.Deployment = deployment;

    public void Scheduler(Action<ILogSchedulerConfigurator> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(_host.Settings.Scheduler);
    }

    public void DefaultPartitions(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _host.Settings.DefaultPartitions = count;
    }

    public void ReceiveEndpoint(IEndpointDefinition definition, IEndpointNameFormatter? endpointNameFormatter,
        Action<ILogReceiveEndpointConfigurator>? configureEndpoint = null)
    {
        _host.ReceiveEndpoint(definition, endpointNameFormatter, configureEndpoint);
    }

    public void ReceiveEndpoint(IEndpointDefinition definition, IEndpointNameFormatter? endpointNameFormatter,
        Action<IReceiveEndpointConfigurator>? configureEndpoint = null)
    {
        _host.ReceiveEndpoint(definition, endpointNameFormatter, configureEndpoint);
    }

    public void ReceiveEndpoint(string queueName, Action<ILogReceiveEndpointConfigurator> configureEndpoint)
    {
        _host.ReceiveEndpoint(queueName, configureEndpoint);
    }

    public void ReceiveEndpoint(string queueName, Action<IReceiveEndpointConfigurator> configureEndpoint)
    {
        _host.ReceiveEndpoint(queueName, configureEndpoint);
    }
}
