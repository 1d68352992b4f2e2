namespace Broker.Connections;

/// <summary>What one connection makes the broker hold from the beginning of a request until its answer has left.</summary>
internal sealed class ClientMemory(AnswerBudget budget)
{
    private long _polls;

    public void Take(long bytes) => budget.Take(bytes);

    public void Release(long bytes) => budget.Release(bytes);

    /// <summary>False when this connection's long polls, or everybody's, hold too much already: then one must be answered at once.</summary>
    public bool TryTakePoll(long bytes)
    {
        if (Interlocked.Add(ref _polls, bytes) <= budget.PollsOfOne && budget.TryTakePoll(bytes))
            return true;

        Interlocked.Add(ref _polls, -bytes);
        return false;
    }

    public void ReleasePoll(long bytes)
    {
        Interlocked.Add(ref _polls, -bytes);
        budget.ReleasePoll(bytes);
    }
}
