using MassTransit.Agents;
using MassTransit.Internals;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Receiving;

/// <summary>Connects one endpoint; each has its own, so that stopping one stops no other.</summary>
internal sealed class EndpointClientSupervisor(LogReceiveEndpointContext context) :
    TransportPipeContextSupervisor<EndpointClient>(new Factory(context))
{
    private sealed class Factory(LogReceiveEndpointContext context) :
        IPipeContextFactory<EndpointClient>
    {
        public IPipeContextAgent<EndpointClient> CreateContext(ISupervisor supervisor)
        {
            return supervisor.AddContext(EndpointClient.Connect(context, supervisor.Stopped));
        }

        public IActivePipeContextAgent<EndpointClient> CreateActiveContext(ISupervisor supervisor, PipeContextHandle<EndpointClient> handle,
            CancellationToken cancellationToken)
        {
            return supervisor.AddActiveContext(handle, handle.Context.OrCanceled(cancellationToken));
        }
    }
}
