using Broker.Groups.Consumer;
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
    private readonly List<Action<Group, Decision>> _next = [];

    public TimeSpan Now { get; } = now;

    public long TimestampMs { get; } = timestampMs;

    public List<GroupRecord> Records { get; } = [];

    /// <summary>Whose transaction the records are part of; null for none.</summary>
    public TransactionalProducer? Transaction { get; set; }

    /// <summary>Members of the consumer protocol that missed a deadline, and which.</summary>
    public IReadOnlyList<(ConsumerMember Member, string Missed)> Fenced { get; set; } = [];

    /// <summary>Why offsets among the records are no commit of the group's own, if they are none.</summary>
    public OffsetsReason Offsets { get; set; }

    /// <summary>Why a rebalance began, if one did.</summary>
    public RebalanceReason Reason { get; set; }

    /// <summary>
    /// What happens once the records are stored: changes to what is not durable, such as deadlines, and whatever is decided on the new state.
    /// </summary>
    public void Then(Action<Group, Decision> next) => _next.Add(next);

    /// <summary>Decides, or takes back whatever was decided when that was refused.</summary>
    public void Try(Action decide, Action<GroupFaultException> whenRefused)
    {
        try
        {
            decide();
        }
        catch (GroupFaultException fault)
        {
            Records.Clear();
            _next.Clear();
            _replies.Clear();
            whenRefused(fault);
        }
    }

    /// <summary>The decision that follows this one; null for none.</summary>
    public Decision? Continue(Group group)
    {
        if (_next.Count == 0)
            return null;

        var decision = new Decision(Now, TimestampMs);
        foreach (var next in _next)
            next(group, decision);
        return decision;
    }

    public void Answer<T>(Reply<T> reply, T response)
    {
        reply.Decide(response);
        _replies.Add(reply);
    }

    public void Refuse<T>(Reply<T> reply, ErrorCode error) => Answer(reply, reply.Refusal(error));

    public void Release(long durableOffset) => _replies.ForEach(r => r.Release(durableOffset));

    public void Fail(ErrorCode error) => _replies.ForEach(r => r.Fail(error));
}
