using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using Confluent.Kafka;

namespace MassTransit.LogTransport.Clients;

/// <summary>
/// One record on its way to the broker, awaited once and then used again for another. The report comes on the native client's thread; what waits
/// for it continues elsewhere. A client that is disposed reports nothing any more: its owner then fails what it still held.
/// </summary>
internal sealed class PendingDelivery :
    IValueTaskSource<Error>
{
    private const int MaxPooled = 1024;
    private static readonly ConcurrentQueue<PendingDelivery> Pool = new();
    private ManualResetValueTaskSourceCore<Error> _source = new() { RunContinuationsAsynchronously = true };
    private RecordWaves? _owner;
    private int _reported;
    private bool _isAbandoned;

    private PendingDelivery()
    {
        Report = report => Complete(report.Error);
    }

    public Action<DeliveryReport<byte[]?, byte[]?>> Report { get; }

    public ValueTask<Error> Task => new(this, _source.Version);

    public static PendingDelivery Rent(RecordWaves owner)
    {
        var pending = Pool.TryDequeue(out var pooled) ? pooled : new PendingDelivery();

        pending._owner = owner;

        return pending;
    }

    /// <summary>Fails one that the client did not take.</summary>
    public void Refuse(Exception exception)
    {
        if (Interlocked.Exchange(ref _reported, 1) == 0)
            _source.SetException(exception);
    }

    /// <summary>Fails one whose client is gone. It is not used again, should the client come to report it after all.</summary>
    public void Abandon(Error error)
    {
        _isAbandoned = true;
        Complete(error);
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

    private void Return()
    {
        _owner = null;

        if (_isAbandoned || Pool.Count >= MaxPooled)
            return;

        _source.Reset();
        _reported = 0;
        Pool.Enqueue(this);
    }

    private void Complete(Error error)
    {
        if (Interlocked.Exchange(ref _reported, 1) != 0)
            return;

        var owner = _owner;
        var isLast = owner?.Reported(this) == true;

        // From here on it may be another record's.
        _source.SetResult(error);

        if (isLast)
            owner!.Next();
    }
}
