using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using Confluent.Kafka;

namespace MassTransit.LogTransport.Clients;

/// <summary>
/// One record on its way to the broker, awaited once and then used again for another. The report comes on the native client's thread; what waits
/// for it continues elsewhere.
/// </summary>
internal sealed class PendingDelivery :
    IValueTaskSource<Error>
{
    private const int MaxPooled = 1024;
    private static readonly ConcurrentQueue<PendingDelivery> Pool = new();
    private ManualResetValueTaskSourceCore<Error> _source = new() { RunContinuationsAsynchronously = true };

    private PendingDelivery()
    {
        Report = report => _source.SetResult(report.Error);
    }

    public Action<DeliveryReport<byte[]?, byte[]?>> Report { get; }

    public ValueTask<Error> Task => new(this, _source.Version);

    public static PendingDelivery Rent() => Pool.TryDequeue(out var pending) ? pending : new PendingDelivery();

    /// <summary>For one that was never handed to the client; an awaited one returns by itself.</summary>
    public void Return()
    {
        _source.Reset();

        if (Pool.Count < MaxPooled)
            Pool.Enqueue(this);
    }

    public Error GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            Return();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _source.OnCompleted(continuation, state, token, flags);
    }
}
