using MassTransit.Configuration;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;

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
        _busConfiguration.HostConfiguration.Settings.Time = context.GetService<TimeProvider>() ?? TimeProvider.System;

        return CreateBus(new LogBusFactoryConfigurator(_busConfiguration), context, _configure, specifications);
    }
}
