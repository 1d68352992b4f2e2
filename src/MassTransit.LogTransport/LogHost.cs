using MassTransit.LogTransport.Configuration;
using MassTransit.Transports;

namespace MassTransit.LogTransport;

internal sealed class LogHost :
    BaseHost,
    IHost<ILogReceiveEndpointConfigurator>
{
    private readonly LogHostConfiguration _hostConfiguration;

    public LogHost(LogHostConfiguration hostConfiguration)
        : base(hostConfiguration, hostConfiguration.Topology)
    {
        _hostConfiguration = hostConfiguration;
    }

    public override HostReceiveEndpointHandle ConnectReceiveEndpoint(IEndpointDefinition definition, IEndpointNameFormatter? endpointNameFormatter,
        Action<IReceiveEndpointConfigurator>? configureEndpoint = null)
    {
        return ConnectReceiveEndpoint(definition, endpointNameFormatter, (ILogReceiveEndpointConfigurator x) => configureEndpoint?.Invoke(x));
    }

    public override HostReceiveEndpointHandle ConnectReceiveEndpoint(string queueName, Action<IReceiveEndpointConfigurator>? configureEndpoint = null)
    {
        return ConnectReceiveEndpoint(queueName, (ILogReceiveEndpointConfigurator x) => configureEndpoint?.Invoke(x));
    }

    public HostReceiveEndpointHandle ConnectReceiveEndpoint(IEndpointDefinition definition, IEndpointNameFormatter? endpointNameFormatter = null,
        Action<ILogReceiveEndpointConfigurator>? configureEndpoint = null)
    {
        return Connect(_hostConfiguration.SettingsFor(definition, endpointNameFormatter), configurator =>
        {
            _hostConfiguration.ApplyEndpointDefinition(configurator, definition);
            configureEndpoint?.Invoke(configurator);
        });
    }

    public HostReceiveEndpointHandle ConnectReceiveEndpoint(string queueName, Action<ILogReceiveEndpointConfigurator>? configureEndpoint = null)
    {
        return Connect(new LogReceiveSettings(queueName), configureEndpoint);
    }

    protected override void Probe(ProbeContext context)
    {
        context.Set(new
        {
            Type = "Log",
            _hostConfiguration.HostAddress,
            _hostConfiguration.Settings.BootstrapServers,
            _hostConfiguration.Settings.Application,
            NativeClient = NativeClient.Version,
        });
    }

    protected override IAgent[] GetAgentHandles() => [_hostConfiguration.Connection];

    private HostReceiveEndpointHandle Connect(LogReceiveSettings settings, Action<ILogReceiveEndpointConfigurator>? configure)
    {
        LogContext.SetCurrentIfNull(_hostConfiguration.LogContext);

        var configuration = _hostConfiguration.CreateReceiveEndpointConfiguration(settings, configure);

        configuration.Validate().ThrowIfContainsFailure("The receive endpoint configuration is invalid:");

        TransportLogMessages.ConnectReceiveEndpoint(configuration.InputAddress);

        configuration.Build(this);

        return ReceiveEndpoints.Start(settings.Key, CancellationToken.None);
    }
}
