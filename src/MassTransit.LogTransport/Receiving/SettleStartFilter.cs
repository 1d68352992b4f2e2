using Confluent.Kafka;
using MassTransit.LogTransport.Clients;

namespace MassTransit.LogTransport.Receiving;

/// <summary>
/// Commits where an endpoint's group starts without reading anything: what is published after a deployment waits for the endpoint, as it would in a queue.
/// </summary>
internal sealed class SettleStartFilter(LogReceiveEndpointContext context) :
    IFilter<EndpointClient>
{
    public async Task Send(EndpointClient client, IPipe<EndpointClient> next)
    {
        // The client's calls block their thread.
        await Task.Factory.StartNew(() => Settle(client), client.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        await next.Send(client).ConfigureAwait(false);
    }

    public void Probe(ProbeContext probe) => probe.CreateFilterScope("settleStart");

    private void Settle(EndpointClient client)
    {
        var settings = context.HostConfiguration.Settings;
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(ClientConfiguration.Consumer(settings, context.Group, $"{settings.Application}-{context.Settings.Name}"))
            .SetKeyDeserializer(Deserializers.ByteArray!)
            .SetValueDeserializer(Deserializers.ByteArray!)
            .SetLogHandler((_, message) => ClientLog.Write(context.LogContext, message))
            .SetErrorHandler((_, error) => client.Connection.Monitor.OnError(error))
            .Build();

        new GroupPlan(context).SettleStart(consumer);
    }
}
