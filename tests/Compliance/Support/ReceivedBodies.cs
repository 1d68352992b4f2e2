namespace Compliance.Support;

/// <summary>What an endpoint received, whether it can be read or not.</summary>
public sealed class ReceivedBodies(string endpoint) : IReceiveObserver
{
    private readonly Arrivals<string> _bodies = new();

    public Task<string> Next() => _bodies.Next();

    public Task PreReceive(ReceiveContext context)
    {
        if (context.InputAddress.AbsolutePath.EndsWith("/" + endpoint, StringComparison.Ordinal))
            _bodies.Add(context.Body.GetString());

        return Task.CompletedTask;
    }

    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;
}
