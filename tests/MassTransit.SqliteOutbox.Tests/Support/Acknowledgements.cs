namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>Counts what an endpoint has acknowledged to its transport.</summary>
public sealed class Acknowledgements : IReceiveObserver
{
    private readonly string _path;
    private readonly Lock _lock = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private int _count;

    public Acknowledgements(LedgerApp app, string endpoint)
    {
        _path = "/" + endpoint;
        app.Bus.ConnectReceiveObserver(this);
    }

    public int Count => Volatile.Read(ref _count);

    public Task Reach(int count, TimeSpan? deadline = null)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_count >= count)
                return Task.CompletedTask;

            _waiters.Add((count, reached));
        }

        return reached.Task.WaitAsync(deadline ?? Wire.Deadline);
    }

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context)
    {
        if (!context.InputAddress.AbsolutePath.EndsWith(_path, StringComparison.Ordinal))
            return Task.CompletedTask;

        lock (_lock)
        {
            _count++;
            foreach (var (count, reached) in _waiters)
            {
                if (_count >= count)
                    reached.TrySetResult();
            }
        }

        return Task.CompletedTask;
    }

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
        where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
        where T : class => Task.CompletedTask;

    public Task ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;
}
