namespace Broker.Groups.Consumer;

/// <summary>
/// The membership of a group of the consumer protocol (KIP-848): its durable <see cref="State"/>, set by <see cref="GroupReplay"/> alone, and
/// the deadlines of its members. Touched under the group's lock only.
/// </summary>
internal sealed class ConsumerGroup
{
    private readonly Dictionary<string, MemberDeadlines> _deadlines = new(StringComparer.Ordinal);

    public ConsumerState State { get; set; } = ConsumerState.New;

    /// <summary>The topics as the group saw them when it last looked; null before.</summary>
    public object? TopicsSeen { get; set; }

    public TimeSpan FirstDeadline => _deadlines.Values.Select(d => d.First).DefaultIfEmpty(TimeSpan.MaxValue).Min();

    public MemberDeadlines DeadlinesOf(string memberId)
    {
        if (!_deadlines.TryGetValue(memberId, out var deadlines))
            _deadlines.Add(memberId, deadlines = new MemberDeadlines());
        return deadlines;
    }

    /// <summary>The members that missed a deadline, and which.</summary>
    public IReadOnlyList<(ConsumerMember Member, string Missed)> Late(TimeSpan now)
    {
        foreach (var gone in _deadlines.Keys.Where(id => State.Find(id) is null).ToList())
            _deadlines.Remove(gone);
        return [.. _deadlines.Select(d => (State.Find(d.Key)!, d.Value.Missed(now))).Where(late => late.Item2 is not null).Select(late => (late.Item1, late.Item2!))];
    }

    /// <summary>Everybody has a full session to be heard of, and a full timeout to give up what it was told to.</summary>
    public void StartSessions(GroupSettings settings, TimeSpan now)
    {
        foreach (var member in State.Members.Values)
        {
            DeadlinesOf(member.Id).Session = now + SessionOf(member, settings);
            NoteRevocation(member, now);
        }
    }

    /// <summary>All its deadlines are off, but for a session that begins anew.</summary>
    public void Excuse(ConsumerMember member, GroupSettings settings, TimeSpan now) =>
        _deadlines[member.Id] = new MemberDeadlines { Session = now + SessionOf(member, settings) };

    public void NoteRevocation(ConsumerMember member, TimeSpan now) => DeadlinesOf(member.Id).Revocation =
        member is { IsClassic: false, Current.State: MemberState.UnrevokedPartitions }
            ? now + TimeSpan.FromMilliseconds(member.Metadata.RebalanceTimeoutMs)
            : TimeSpan.MaxValue;

    public static TimeSpan SessionOf(ConsumerMember member, GroupSettings settings) =>
        member.Metadata.Classic is { } classic ? TimeSpan.FromMilliseconds(classic.SessionTimeoutMs) : settings.ConsumerSessionTimeout;
}
