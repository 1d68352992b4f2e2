using MassTransit.LogTransport.Configuration;

namespace MassTransit.LogTransport.Receiving;

/// <summary>Reached only when a broker has answered. Then what the bus publishes to is deployed, when that was asked for, and the scheduler takes its share.</summary>
internal sealed class ConnectedFilter(LogHostConfiguration hostConfiguration, LogReceiveEndpointContext context) :
    IFilter<EndpointClient>
{
    public async Task Send(EndpointClient client, IPipe<EndpointClient> next)
    {
        LogContext.Debug?.Log("Connected: {InputAddress}", context.InputAddress);

        if (hostConfiguration.DeployPublishTopology)
        {
            var topics = hostConfiguration.LogTopology.Topics.All.Select(x => hostConfiguration.Settings.TopicPrefix + x.Name).ToArray();

            await client.Connection.Topics.Deploy(topics, client.CancellationToken).ConfigureAwait(false);
        }

        if (hostConfiguration.DeployTopologyOnly)
            await client.Connection.Topics.Deploy([hostConfiguration.Settings.ScheduleTopic], client.CancellationToken).ConfigureAwait(false);
        else
            client.Connection.Scheduler.Start(context);

        await next.Send(client).ConfigureAwait(false);
    }

    public void Probe(ProbeContext probe) => probe.CreateFilterScope("connected");
}
