namespace Broker.Storage;

/// <summary>Somebody who waits for records to be on disk; an object may wait again as soon as it was called.</summary>
public abstract class FlushWait
{
    /// <summary>The next one who waits for the same log.</summary>
    internal FlushWait? Next { get; set; }

    /// <summary>Called once for each wait, mostly on the flusher's thread, which serves nobody else until this returns.</summary>
    /// <param name="failure">Why the records are not known to be on disk; null when they are.</param>
    protected internal abstract void Flushed(Exception? failure);
}

/// <summary>A wait as a task.</summary>
internal sealed class FlushTask : FlushWait
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Task => _completion.Task;

    protected internal override void Flushed(Exception? failure)
    {
        if (failure is null)
            _completion.SetResult();
        else
            _completion.SetException(failure);
    }
}
