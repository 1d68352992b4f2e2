namespace Compliance.Support;

/// <summary>What observers were told.</summary>
public sealed class Sightings : IReceiveObserver, IConsumeObserver, ISendObserver, IPublishObserver
{
    private readonly Arrivals<string> _seen = new();

    /// <summary>Waits until it was told each of these.</summary>
    public async Task All(params string[] wanted)
    {
        var missing = wanted.ToHashSet(StringComparer.Ordinal);
        while (missing.Count > 0)
            missing.Remove(await _seen.Next());
    }

    public Task PreReceive(ReceiveContext context) => See("receive");

    public Task PostReceive(ReceiveContext context) => See("received");

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => See($"consumed {typeof(T).Name} by a consumer");

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => See($"fault of a consumer: {exception.Message}");

    public Task ReceiveFault(ReceiveContext context, Exception exception) => See("receive fault");

    public Task PreConsume<T>(ConsumeContext<T> context)
        where T : class => See($"consume {typeof(T).Name}");

    public Task PostConsume<T>(ConsumeContext<T> context)
        where T : class => See($"consumed {typeof(T).Name}");

    public Task ConsumeFault<T>(ConsumeContext<T> context, Exception exception)
        where T : class => See($"fault of {typeof(T).Name}: {exception.Message}");

    public Task PreSend<T>(SendContext<T> context)
        where T : class => See($"send {typeof(T).Name}");

    public Task PostSend<T>(SendContext<T> context)
        where T : class => See($"sent {typeof(T).Name}");

    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class => See($"send fault {typeof(T).Name}");

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class => See($"publish {typeof(T).Name}");

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class => See($"published {typeof(T).Name}");

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => See($"publish fault {typeof(T).Name}");

    private Task See(string sighting)
    {
        _seen.Add(sighting);
        return Task.CompletedTask;
    }
}
