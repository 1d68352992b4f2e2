namespace MassTransit.LogTransport.Receiving;

/// <summary>Makes sure that the topics an endpoint reads exist.</summary>
internal sealed class DeployTopicsFilter(LogReceiveEndpointContext context) :
    IFilter<EndpointClient>
{
    public async Task Send(EndpointClient client, IPipe<EndpointClient> next)
    {
        await client.Connection.Topics.Deploy(context.Subscriptions.All, client.CancellationToken).ConfigureAwait(false);
        await next.Send(client).ConfigureAwait(false);
    }

    public void Probe(ProbeContext probe) => probe.CreateFilterScope("deployTopics");
}
