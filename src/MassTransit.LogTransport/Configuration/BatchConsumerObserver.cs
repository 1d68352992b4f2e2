using MassTransit.Internals;

namespace MassTransit.LogTransport.Configuration;

/// <summary>A batch holds its messages until it is full, so an endpoint with a batch consumer must be given more than one at a time.</summary>
internal sealed class BatchConsumerObserver(LogReceiveSettings settings) :
    IConsumerConfigurationObserver
{
    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
        where TConsumer : class
    {
    }

    public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
        where TConsumer : class
        where TMessage : class
    {
        if (typeof(TMessage).ClosesType(typeof(Batch<>)))
            settings.HasBatchConsumers = true;
    }
}
