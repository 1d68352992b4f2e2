using Broker.Protocol;

namespace Broker.Groups;

/// <summary>
/// What one event (a request, a timeout) leads to: records to append and answers to give, in this order. A group fills it and
/// changes nothing durable itself. Lives as long as the group's lock is held for the event.
/// </summary>
/// <param name="now">The coordinator's clock, for deadlines: time since it started, never set back.</param>
/// <param name="timestampMs">The wall clock, for what is stored, in Unix milliseconds.</param>
internal sealed class Decision(TimeSpan now, long timestampMs)
{
    private readonly List<Reply> _replies = [];

    public TimeSpan Now { get; } = now;

    public long TimestampMs { get; } = timestampMs;

    public List<GroupRecord> Records { get; } = [];

    /// <summary>Whose transaction the records are part of; null for none.</summary>
    public TransactionalProducer? Transaction { get; set; }

    /// <summary>Why a rebalance began, if one did.</summary>
    public RebalanceReason Reason { get; set; }

    public void Answer<T>(Reply<T> reply, T response)
    {
        reply.Decide(response);
        _replies.Add(reply);
    }

    public void Refuse<T>(Reply<T> reply, ErrorCode error) => Answer(reply, reply.Refusal(error));

    public void Release(long durableOffset) => _replies.ForEach(r => r.Release(durableOffset));

    public void Fail(ErrorCode error) => _replies.ForEach(r => r.Fail(error));
}
