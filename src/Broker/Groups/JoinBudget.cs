namespace Broker.Groups;

/// <summary>
/// Bytes that members of the classic protocol make the coordinator hold for as long as they are members: what they say of themselves, in every
/// protocol they offer, in all groups together. Safe for use by any thread.
/// </summary>
/// <param name="limit">How many there may be. Joins that come at the same moment may go beyond it by one request each.</param>
internal sealed class JoinBudget(long limit)
{
    private long _held;

    public long Held => Volatile.Read(ref _held);

    public bool HasRoomFor(long more) => more <= 0 || Held + more <= limit;

    public void Add(long bytes) => Interlocked.Add(ref _held, bytes);
}
