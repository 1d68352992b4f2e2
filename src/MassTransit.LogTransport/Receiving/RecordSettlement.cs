using MassTransit.Transports;

namespace MassTransit.LogTransport.Receiving;

/// <summary>How one delivery of a record ended. A fault is never a completion: the record is delivered again.</summary>
internal sealed class RecordSettlement(CancellationToken abandoned) :
    ReceiveLockContext
{
    private volatile bool _isComplete;

    public bool IsComplete => _isComplete;
    public Exception? Fault { get; private set; }

    public Task Complete()
    {
        _isComplete = true;
        return Task.CompletedTask;
    }

    public Task Faulted(Exception exception)
    {
        Fault = exception;
        return Task.CompletedTask;
    }

    public Task ValidateLockStatus()
    {
        return abandoned.IsCancellationRequested ? Task.FromCanceled(abandoned) : Task.CompletedTask;
    }
}
