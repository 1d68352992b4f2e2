using System.Threading.Channels;

namespace MassTransit.LogTransport.Tests.Support;

/// <summary>What consumers saw, in the order they saw it.</summary>
public sealed class Arrivals<T>
{
    private readonly Channel<T> _channel = Channel.CreateUnbounded<T>();
    private int _count;

    /// <summary>How many came so far, taken or not.</summary>
    public int Count => _count;

    public void Add(T arrival)
    {
        Interlocked.Increment(ref _count);
        _channel.Writer.TryWrite(arrival);
    }

    public async Task<T> Next()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline.Limit);

        try
        {
            return await _channel.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Nothing more arrived; {_count} had.");
        }
    }

    public async Task<List<T>> Next(int count)
    {
        var arrivals = new List<T>(count);
        while (arrivals.Count < count)
            arrivals.Add(await Next());

        return arrivals;
    }
}
