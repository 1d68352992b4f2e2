using MassTransit.Transports;

namespace MassTransit.LogTransport.Receiving;

/// <summary>Reads until the endpoint stops or its consumer fails for good.</summary>
internal sealed class RecordConsumerFilter(LogReceiveEndpointContext context) :
    IFilter<EndpointClient>
{
    public async Task Send(EndpointClient client, IPipe<EndpointClient> next)
    {
        var receiver = new RecordReceiver(context, client);

        context.AddConsumeAgent(receiver);

        try
        {
            await receiver.Start().ConfigureAwait(false);
            await context.NowReading().ConfigureAwait(false);
        }
        catch (Exception)
        {
            await receiver.Stop("could not start reading").ConfigureAwait(false);
            throw;
        }

        try
        {
            await receiver.Completed.ConfigureAwait(false);
        }
        finally
        {
            context.NoLongerReading();

            DeliveryMetrics metrics = receiver;

            await context.TransportObservers.NotifyCompleted(context.InputAddress, metrics).ConfigureAwait(false);

            context.LogConsumerCompleted(metrics.DeliveryCount, metrics.ConcurrentDeliveryCount);
        }

        if (receiver.Failure is { } failure)
            throw new ConnectionException(context.Refusal(failure) ?? $"The consumer of {context.InputAddress} failed: {failure.Message}", failure);
    }

    public void Probe(ProbeContext probe) => probe.CreateFilterScope("consumeRecords");
}
