using MassTransit.Configuration;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Configuration;

internal sealed class LogRegistrationBusFactory :
    TransportRegistrationBusFactory<ILogReceiveEndpointConfigurator>
{
    private readonly LogBusConfiguration _busConfiguration;
    private readonly Action<IBusRegistrationContext, ILogBusFactoryConfigurator>? _configure;

    public LogRegistrationBusFactory(Action<IBusRegistrationContext, ILogBusFactoryConfigurator>? configure)
        : this(new LogBusConfiguration(), configure)
    {
    }

    private LogRegistrationBusFactory(LogBusConfiguration busConfiguration, Action<IBusRegistrationContext, ILogBusFactoryConfigurator>? configure)
        : base(busConfiguration.HostConfiguration)
    {
        _busConfiguration = busConfiguration;
        _configure = configure;
    }

    public override IBusInstance CreateBus(IBusRegistrationContext context, IEnumerable<IBusInstanceSpecification> specifications, string busName)
    {
        return CreateBus(new LogBusFactoryConfigurator(_busConfiguration), context, _configure, specifications);
    }
}
