namespace Broker.Connections;

/// <summary>
/// Bytes that the clients of a broker make it hold, in two halves that do not stand in each other's way: requests while they are
/// received, and what was begun until its answer has left.
/// </summary>
/// <param name="limit">Of both together.</param>
internal sealed class MemoryBudget(long limit)
{
    private const long LeastByDefault = 256L * 1024 * 1024;

    public RequestBudget Requests { get; } = new(limit / 2);

    public AnswerBudget Answers { get; } = new(limit / 2);

    /// <summary><c>queued.max.request.bytes</c>, or a quarter of the memory this process may have.</summary>
    public static MemoryBudget From(BrokerOptions options) => new(LimitOf(options));

    public static long LimitOf(BrokerOptions options) => options.QueuedMaxRequestBytes > 0
        ? options.QueuedMaxRequestBytes
        : Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, LeastByDefault);
}
