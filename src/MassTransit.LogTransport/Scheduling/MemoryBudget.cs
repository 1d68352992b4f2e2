namespace MassTransit.LogTransport.Scheduling;

/// <summary>How many bytes the waiting messages of one bus take in memory. Safe for any thread.</summary>
internal sealed class MemoryBudget(long limit)
{
    private long _used;

    public long Used => Interlocked.Read(ref _used);

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
            return true;

        Return(bytes);
        return false;
    }

    public void Return(int bytes) => Interlocked.Add(ref _used, -bytes);
}
