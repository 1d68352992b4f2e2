using MassTransit.Middleware;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Receiving;

/// <summary>
/// Stays until the endpoint of a bus that only deploys is stopped. Unlike MassTransit's own filter it can be stopped before it says that it is ready, since whoever deploys
/// stops the bus at that moment, and what came too late to be stopped would never end.
/// </summary>
internal sealed class DeployedFilter(LogReceiveEndpointContext context) :
    IFilter<EndpointClient>
{
    public async Task Send(EndpointClient client, IPipe<EndpointClient> next)
    {
        var agent = new Agent();
        agent.SetReady();
        context.AddConsumeAgent(agent);

        await context.TransportObservers.NotifyReady(context.InputAddress).ConfigureAwait(false);
        await next.Send(client).ConfigureAwait(false);
        await agent.Completed.ConfigureAwait(false);
    }

    public void Probe(ProbeContext probe) => probe.CreateFilterScope("deployed");
}
