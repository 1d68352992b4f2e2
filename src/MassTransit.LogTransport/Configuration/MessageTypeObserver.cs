using MassTransit.Internals;

namespace MassTransit.LogTransport.Configuration;

/// <summary>Refuses a consumer of a type that can be no message, such as one without a namespace. MassTransit leaves the type out and says nothing.</summary>
internal sealed class MessageTypeObserver :
    IConsumerConfigurationObserver
{
    private static readonly Type[] Handlers = [typeof(IConsumer<>), typeof(IJobConsumer<>)];

    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
        where TConsumer : class
    {
        var handled = typeof(TConsumer).GetInterfaces()
            .Where(x => x.IsGenericType && Handlers.Contains(x.GetGenericTypeDefinition()))
            .Select(x => x.GetGenericArguments()[0])
            .Select(x => x.ClosesType(typeof(Batch<>), out Type[] batched) ? batched[0] : x);

        foreach (var type in handled.Where(x => !MessageTypeCache.IsValidMessageType(x)))
            throw new ConfigurationException($"{TypeCache<TConsumer>.ShortName} consumes {type.Name}, which cannot be a message: {MessageTypeCache.InvalidMessageTypeReason(type)}");
    }

    public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
        where TConsumer : class
        where TMessage : class
    {
    }
}
