using MassTransit.LogTransport.Configuration;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Sending;

/// <summary>Makes send transports for the addresses one endpoint sends and publishes to.</summary>
internal sealed class LogTransportProvider(LogHostConfiguration hostConfiguration, ReceiveEndpointContext context) :
    ISendTransportProvider,
    IPublishTransportProvider
{
    public Uri NormalizeAddress(Uri address) => new LogEndpointAddress(hostConfiguration.HostAddress, address).ToUri();

    public Task<ISendTransport> GetSendTransport(Uri address)
    {
        LogContext.SetCurrentIfNull(hostConfiguration.LogContext);
        TransportLogMessages.CreateSendTransport(address);

        var endpointAddress = new LogEndpointAddress(hostConfiguration.HostAddress, address);

        return Task.FromResult<ISendTransport>(new SendTransport<PipeContext>(new LogSendTransportContext(hostConfiguration, context, endpointAddress)));
    }

    public Task<ISendTransport> GetPublishTransport<T>(Uri? publishAddress)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(publishAddress);

        return GetSendTransport(publishAddress);
    }
}
