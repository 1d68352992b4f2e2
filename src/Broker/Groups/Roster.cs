using Broker.Protocol;

namespace Broker.Groups;

/// <summary>
/// Who is in a group: its members, which of them are static, who leads, and the ids handed out to joiners that have not come
/// back with them yet. Touched under the group's lock only.
/// </summary>
/// <param name="budget">Told of what members make the broker hold.</param>
internal sealed class Roster(JoinBudget budget)
{
    private readonly Dictionary<string, Member> _members = [];
    private readonly Dictionary<string, string> _idByInstance = [];

    public int Count => _members.Count;

    /// <summary>What all members say of themselves, in bytes.</summary>
    public long MetadataBytes { get; private set; }

    public IReadOnlyCollection<Member> Members => _members.Values;

    public string? LeaderId { get; private set; }

    /// <summary>Ids given out with MEMBER_ID_REQUIRED, with the time by which their owner must join.</summary>
    public Dictionary<string, TimeSpan> Pending { get; } = [];

    /// <summary>Everybody known has a JoinGroup waiting, and nobody is on the way to sending one.</summary>
    public bool HaveAllJoined => Pending.Count == 0 && _members.Values.All(m => m.Joining is not null);

    public int JoiningCount => _members.Values.Count(m => m.Joining is not null);

    public TimeSpan RebalanceTimeout =>
        TimeSpan.FromMilliseconds(_members.Values.Select(m => m.RebalanceTimeoutMs).DefaultIfEmpty(0).Max());

    public Member? Find(string memberId) => _members.GetValueOrDefault(memberId);

    public string? IdOfInstance(string instanceId) => _idByInstance.GetValueOrDefault(instanceId);

    /// <summary>Whether a request may speak for that member; a static member's old id is fenced.</summary>
    public ErrorCode Check(string memberId, string? instanceId, out Member? member)
    {
        member = null;
        if (instanceId is not null)
        {
            if (!_idByInstance.TryGetValue(instanceId, out var current))
                return ErrorCode.UnknownMemberId;
            if (current != memberId)
                return ErrorCode.FencedInstanceId;
        }

        return _members.TryGetValue(memberId, out member) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    public void Add(Member member)
    {
        Pending.Remove(member.Id);
        _members.Add(member.Id, member);
        CountBytes(member.MetadataBytes);
        if (member.InstanceId is not null)
            _idByInstance[member.InstanceId] = member.Id;
        LeaderId ??= member.Id;
    }

    public void Remove(Member member)
    {
        if (_members.Remove(member.Id))
            CountBytes(-member.MetadataBytes);
        if (member.InstanceId is not null)
            _idByInstance.Remove(member.InstanceId);
        if (LeaderId == member.Id)
            LeaderId = _members.Keys.FirstOrDefault();
    }

    /// <summary>The member, which may or may not be in it yet, offers these from now on.</summary>
    public void Offer(Member member, IReadOnlyList<MemberProtocol> protocols)
    {
        if (Find(member.Id) == member)
            CountBytes(Member.SizeOf(protocols) - member.MetadataBytes);
        member.Protocols = protocols;
    }

    /// <summary>A static member came back: the same member under a new id, leader if it was.</summary>
    public Member Rename(Member member, string newId)
    {
        var renamed = new Member(newId, member.InstanceId, member.ClientId, member.ClientHost);
        var led = LeaderId == member.Id;
        Remove(member);
        Add(renamed);
        if (led)
            LeaderId = newId;
        return renamed;
    }

    /// <summary>Nobody is left, nor on the way.</summary>
    public void Clear()
    {
        Load([], leaderId: null);
        Pending.Clear();
    }

    /// <summary>Takes the place of whoever was here, as a stored generation says.</summary>
    public void Load(IEnumerable<Member> members, string? leaderId)
    {
        CountBytes(-MetadataBytes);
        _members.Clear();
        _idByInstance.Clear();
        foreach (var member in members)
            Add(member);
        LeaderId = leaderId is not null && _members.ContainsKey(leaderId) ? leaderId : _members.Keys.FirstOrDefault();
    }

    /// <summary>A leader that has not rejoined is followed by one that has; false when nobody has.</summary>
    public bool ElectJoinedLeader()
    {
        if (LeaderId is not null && _members[LeaderId].Joining is not null)
            return true;

        var joined = _members.Values.FirstOrDefault(m => m.Joining is not null);
        if (joined is null)
            return false;
        LeaderId = joined.Id;
        return true;
    }

    /// <summary>Whether one of the protocols is one that every member knows.</summary>
    public bool KnowsOneOf(IReadOnlyList<MemberProtocol> protocols) =>
        protocols.Any(p => _members.Values.All(m => m.Protocols.Any(offered => offered.Name == p.Name)));

    /// <summary>Of the protocols everybody knows, each member votes for the one it likes best; the first with most votes wins.</summary>
    public string Vote()
    {
        var members = _members.Values;
        var candidates = members.First().Protocols.Select(p => p.Name).Where(name => members.All(m => m.Protocols.Any(p => p.Name == name))).ToHashSet();
        return members
            .Select(m => m.Protocols.First(p => candidates.Contains(p.Name)).Name)
            .CountBy(name => name)
            .MaxBy(votes => votes.Value)
            .Key;
    }

    private void CountBytes(long more)
    {
        MetadataBytes += more;
        budget.Add(more);
    }
}
