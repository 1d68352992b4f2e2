using System.Collections.Concurrent;

namespace MassTransit.LogTransport.Tests.Support;

/// <summary>The messages of a bus that were sent with a delay and acknowledged, by type.</summary>
public sealed class DelayedSends : ISendObserver, IPublishObserver
{
    private readonly ConcurrentDictionary<Type, Arrivals<Guid?>> _sent = new();

    /// <summary>The token of the next one of this type.</summary>
    public Task<Guid?> Next<T>() => Of(typeof(T)).Next();

    public Task PostSend<T>(SendContext<T> context)
        where T : class
    {
        if (context.Delay > TimeSpan.Zero)
            Of(typeof(T)).Add(context.ScheduledMessageId);

        return Task.CompletedTask;
    }

    public Task PreSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class => PostSend<T>(context);

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    private Arrivals<Guid?> Of(Type type) => _sent.GetOrAdd(type, _ => new());
}
