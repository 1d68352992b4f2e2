using MassTransit.Configuration;
using MassTransit.Observables;

namespace MassTransit.LogTransport.Configuration;

internal sealed class LogBusConfiguration :
    LogEndpointConfiguration,
    IBusConfiguration
{
    private readonly BusObservable _observers = new();

    public LogBusConfiguration()
        : base(new LogTopologyConfiguration())
    {
        HostConfiguration = new LogHostConfiguration(this);
        BusEndpointConfiguration = CreateEndpointConfiguration(isBusEndpoint: true);
    }

    public LogHostConfiguration HostConfiguration { get; }
    public LogEndpointConfiguration BusEndpointConfiguration { get; }

    IHostConfiguration IBusConfiguration.HostConfiguration => HostConfiguration;
    IEndpointConfiguration IBusConfiguration.BusEndpointConfiguration => BusEndpointConfiguration;
    IBusObserver IBusConfiguration.BusObservers => _observers;

    public ConnectHandle ConnectBusObserver(IBusObserver observer) => _observers.Connect(observer);

    public ConnectHandle ConnectEndpointConfigurationObserver(IEndpointConfigurationObserver observer)
    {
        return HostConfiguration.ConnectEndpointConfigurationObserver(observer);
    }
}
