namespace Compliance.Support;

/// <summary>A place where handlers wait for each other, until so many are there.</summary>
public sealed class Meeting(int size)
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _there;

    public Task Join()
    {
        if (Interlocked.Increment(ref _there) == size)
            _all.SetResult();

        return _all.Task.Soon();
    }
}
