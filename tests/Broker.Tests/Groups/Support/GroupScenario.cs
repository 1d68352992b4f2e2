using System.Text;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static Broker.Protocol.Messages.JoinGroupRequest;

namespace Broker.Tests.Groups.Support;

/// <summary>
/// One group, its members by name, a clock that only the test moves. Each step writes what was asked and, indented, who was
/// answered what and which records were stored. At every settled state a second coordinator is loaded from the records and must
/// show the same group.
/// </summary>
internal sealed class GroupScenario : IDisposable
{
    public const string GroupId = "g";

    private readonly FakeTimeProvider _time = new();
    private readonly GroupSettings _settings;
    private readonly StringBuilder _trace = new();
    private readonly Dictionary<string, string> _idByName = [];
    private readonly Dictionary<string, string> _nameById = [];
    private readonly Dictionary<string, int> _generation = [];
    private readonly List<(string Who, Func<string?> Answer)> _waiting = [];
    private int _recordsSeen;

    public GroupScenario(GroupSettings? settings = null)
    {
        _settings = settings ?? Settings;
        Runner = Load();
    }

    public static GroupSettings Settings { get; } = new()
    {
        MinSessionTimeoutMs = 1_000,
        MaxSessionTimeoutMs = 300_000,
        MaxSize = int.MaxValue,
        OffsetMetadataMaxBytes = 10,
        OffsetsRetention = TimeSpan.FromHours(1),
        OffsetsRetentionCheckInterval = TimeSpan.FromMinutes(10),
    };

    public MemoryOffsetsLog Log { get; } = new();

    public GroupRunner Runner { get; private set; }

    /// <summary>Every topic but "gone", unless a test makes some.</summary>
    public TestTopics Topics { get; } = new() { Gone = { "gone" } };

    public string IdOf(string name) => _idByName[name];

    /// <summary>Joins with the id the member has, if any. Members named alike but for case are different members.</summary>
    public GroupScenario Join(
        string who, short version = 9, string? instance = null, string protocols = "range", string metadata = "", int sessionSeconds = 10,
        int rebalanceSeconds = 60, string? asId = null, string type = "consumer")
    {
        var request = new JoinGroupRequest
        {
            GroupId = GroupId,
            MemberId = asId ?? _idByName.GetValueOrDefault(who, ""),
            GroupInstanceId = instance,
            ProtocolType = type,
            Protocols = [.. protocols.Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(name => new JoinGroupRequestProtocol { Name = name, Metadata = Encoding.UTF8.GetBytes(metadata) })],
            SessionTimeoutMs = sessionSeconds * 1000,
            RebalanceTimeoutMs = rebalanceSeconds * 1000,
        };
        var reply = new Reply<JoinGroupResponse>(error => GroupJoin.Refused(error, ""));
        void Decide(Group group, Decision decision) => group.Join(request, version, new GroupClient(who, "/127.0.0.1"), reply, decision);

        Wait(who, reply, response => Joined(who, response));
        if (request.MemberId.Length == 0)
            Step($"{who} joins", () => Runner.Run(GroupId, Decide));
        else
            Step($"{who} joins", () => RunOr(Decide, reply, ErrorCode.UnknownMemberId));
        return this;
    }

    /// <summary>A new member of version 4 and up: once for its id, once to join.</summary>
    public GroupScenario JoinTwice(string who, string protocols = "range", int sessionSeconds = 10) =>
        Join(who, protocols: protocols, sessionSeconds: sessionSeconds).Join(who, protocols: protocols, sessionSeconds: sessionSeconds);

    /// <param name="who">The member.</param>
    /// <param name="assign">What a leader assigns: "a=p0 b=p1".</param>
    /// <param name="generation">Default: the one the member was told.</param>
    /// <param name="instance">Its static name.</param>
    /// <param name="asId">Default: the id it was told.</param>
    public GroupScenario Sync(string who, string assign = "", int? generation = null, string? instance = null, string? asId = null)
    {
        var request = new SyncGroupRequest
        {
            GroupId = GroupId,
            MemberId = asId ?? IdOf(who),
            GroupInstanceId = instance,
            GenerationId = generation ?? _generation[who],
            Assignments = [.. assign.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => a.Split('='))
                .Select(a => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = IdOf(a[0]), Assignment = Encoding.UTF8.GetBytes(a[1]) })],
        };
        var reply = new Reply<SyncGroupResponse>(error => new SyncGroupResponse { ErrorCode = error });
        Wait(who, reply, r => r.ErrorCode != ErrorCode.None ? r.ErrorCode.ToString() : $"assigned {Name(Encoding.UTF8.GetString(r.Assignment), "nothing")}");
        Step($"{who} syncs{(assign.Length > 0 ? $" {assign}" : "")}", () => RunOr((g, d) => g.Sync(request, reply, d), reply, ErrorCode.UnknownMemberId));
        return this;
    }

    public GroupScenario Heartbeat(string who, int? generation = null, string? instance = null, string? asId = null)
    {
        var request = new HeartbeatRequest
        {
            GroupId = GroupId,
            MemberId = asId ?? IdOf(who),
            GroupInstanceId = instance,
            GenerationId = generation ?? _generation[who],
        };
        Ask(who, $"{who} beats", ErrorCode.UnknownMemberId, (group, decision) => group.Heartbeat(request, decision));
        return this;
    }

    public GroupScenario Leave(string who, string? instance = null, string? asId = null)
    {
        var leaver = new LeaveGroupRequest.MemberIdentity { MemberId = asId ?? IdOf(who), GroupInstanceId = instance };
        Ask(who, $"{who} leaves", ErrorCode.UnknownMemberId, (group, decision) => group.Leave([leaver], decision)[0].ErrorCode);
        return this;
    }

    /// <param name="who">A member, or a name that never joined: a commit from outside.</param>
    /// <param name="offset">Of topic t, partition 0.</param>
    /// <param name="generation">Default: the one the member was told; -1 for a stranger.</param>
    /// <param name="metadata">The note beside it.</param>
    /// <param name="topic">Topic "gone" does not exist.</param>
    public GroupScenario Commit(string who, long offset, int? generation = null, string metadata = "", string topic = "t")
    {
        var request = new OffsetCommitRequest
        {
            GroupId = GroupId,
            MemberId = _idByName.GetValueOrDefault(who, ""),
            GenerationIdOrMemberEpoch = generation ?? _generation.GetValueOrDefault(who, -1),
            Topics =
            [
                new()
                {
                    Name = topic,
                    Partitions = [new() { PartitionIndex = 0, CommittedOffset = offset, CommittedMetadata = metadata, CommittedLeaderEpoch = 7 }],
                },
            ],
        };
        var reply = new Reply<OffsetCommitResponse>(error => request.Answer((_, _) => error));
        Wait(who, reply, r => r.Topics[0].Partitions[0].ErrorCode.ToString());
        void Decide(Group group, Decision decision) => decision.Answer(reply, group.Commit(request, version: 8, decision));
        Step($"{who} commits {offset}", () =>
        {
            if (request.GenerationIdOrMemberEpoch < 0)
                Runner.Run(GroupId, Decide);
            else
                RunOr(Decide, reply, ErrorCode.IllegalGeneration);
        });
        return this;
    }

    /// <param name="who">A member, or a name that never joined.</param>
    /// <param name="offset">Of topic t, partition 0.</param>
    /// <param name="producer">Whose transaction it is part of.</param>
    /// <param name="epoch">Of the producer.</param>
    /// <param name="generation">Default: the one the member was told; -1 for a stranger.</param>
    /// <param name="topic">Topic "gone" does not exist.</param>
    public GroupScenario CommitInTransaction(string who, long offset, long producer = 1, short epoch = 0, int? generation = null, string topic = "t")
    {
        var request = new TxnOffsetCommitRequest
        {
            GroupId = GroupId,
            ProducerId = producer,
            ProducerEpoch = epoch,
            MemberId = _idByName.GetValueOrDefault(who, ""),
            GenerationId = generation ?? _generation.GetValueOrDefault(who, -1),
            Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, CommittedOffset = offset }] }],
        };
        var reply = new Reply<TxnOffsetCommitResponse>(error => request.Answer((_, _) => error));
        Wait(who, reply, r => r.Topics[0].Partitions[0].ErrorCode.ToString());
        void Decide(Group group, Decision decision) =>
            decision.Answer(reply, group.CommitTransactional(request, decision));
        Step($"{who} commits {offset} in transaction {producer}", () =>
        {
            if (request.GenerationId < 0)
                Runner.Run(GroupId, Decide);
            else
                RunOr(Decide, reply, ErrorCode.IllegalGeneration);
        });
        return this;
    }

    public GroupScenario EndTransaction(bool commit, long producer = 1, short epoch = 0)
    {
        Step($"transaction {producer} {(commit ? "commits" : "aborts")}", () =>
        {
            if (Runner.EndTransaction(Runner.PartitionOf(GroupId), new TransactionalProducer(producer, epoch), commit, coordinatorEpoch: 0) < 0)
                _trace.AppendLine("  fenced");
        });
        return this;
    }

    /// <summary>What a consumer is told of topic t, partition 0.</summary>
    public GroupScenario FetchOffset(bool requireStable)
    {
        var reply = new Reply<string>(error => error.ToString());
        Wait("reader", reply, answer => answer);
        Step($"reader asks for the {(requireStable ? "stable " : "")}offset", () => RunOr(
            (group, decision) =>
            {
                var fetched = group.FetchOffset(new TopicPartition("t", 0), requireStable);
                decision.Answer(reply, fetched.ErrorCode == ErrorCode.None ? $"{fetched.CommittedOffset}" : fetched.ErrorCode.ToString());
            },
            reply,
            ErrorCode.GroupIdNotFound));
        return this;
    }

    public GroupScenario ExpireOffsets()
    {
        Step("offsets expire", () => Runner.TryRun(GroupId, (group, decision) => group.ExpireOffsets(decision)));
        return this;
    }

    public GroupScenario DeleteOffset(string topic)
    {
        var request = new OffsetDeleteRequest { GroupId = GroupId, Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0 }] }] };
        var reply = new Reply<OffsetDeleteResponse>(error => new OffsetDeleteResponse { ErrorCode = error });
        Wait("admin", reply, r => (r.ErrorCode != ErrorCode.None ? r.ErrorCode : r.Topics[0].Partitions[0].ErrorCode).ToString());
        Step($"admin deletes offsets of {topic}", () =>
            RunOr((g, d) => d.Answer(reply, g.DeleteOffsets(request, d)), reply, ErrorCode.GroupIdNotFound));
        return this;
    }

    public GroupScenario DeleteGroup()
    {
        Ask("admin", "admin deletes the group", ErrorCode.GroupIdNotFound, (group, decision) => group.Delete(decision));
        return this;
    }

    /// <summary>Second by second, so that everything happens at its time.</summary>
    public GroupScenario Pass(int seconds)
    {
        _trace.AppendLine($"{seconds} s pass");
        for (var second = 1; second <= seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            WriteEvents($"after {second} s, ");
        }

        AssertReplayShowsTheSame();
        return this;
    }

    /// <summary>The broker is killed and started again: what is left is what was stored.</summary>
    public GroupScenario Restart()
    {
        Runner.Dispose();
        _waiting.Clear();
        Runner = Load();
        _trace.AppendLine("restart");
        WriteEvents("");
        return this;
    }

    public GroupScenario Show()
    {
        _trace.AppendLine(Shown(Runner));
        return this;
    }

    public void Expect(string trace) => Assert.Equal(Lines(trace), Lines(_trace.ToString()));

    public void ExpectEnd(string trace) => Assert.EndsWith(Lines(trace), Lines(_trace.ToString()));

    public void ExpectPart(string trace) => Assert.Contains(Lines(trace), Lines(_trace.ToString()));

    public void Dispose() => Runner.Dispose();

    private static string Lines(string trace) => trace.ReplaceLineEndings("\n").TrimEnd();

    private GroupRunner Load()
    {
        var runner = new GroupRunner(Log, _settings, Topics, _time, NullLogger.Instance);
        runner.Load(_ => false);
        return runner;
    }

    private void RunOr<T>(Action<Group, Decision> decide, Reply<T> reply, ErrorCode whenMissing)
    {
        if (Runner.TryRun(GroupId, decide))
            return;
        reply.Fail(whenMissing);
    }

    private void Ask(string who, string what, ErrorCode whenMissing, Func<Group, Decision, ErrorCode> decide)
    {
        var reply = new Reply<ErrorCode>(error => error);
        Wait(who, reply, error => error.ToString());
        Step(what, () => RunOr((group, decision) => decision.Answer(reply, decide(group, decision)), reply, whenMissing));
    }

    private void Wait<T>(string who, Reply<T> reply, Func<T, string> describe) =>
        _waiting.Add((who, () => reply.Released.IsCompletedSuccessfully ? describe(Released(reply)) : null));

    private static T Released<T>(Reply<T> reply)
    {
        // Asked for only when it is there.
#pragma warning disable RS0030
        return reply.Released.Result.Response;
#pragma warning restore RS0030
    }

    private void Step(string what, Action act)
    {
        _trace.AppendLine(what);
        act();
        WriteEvents("");
        AssertReplayShowsTheSame();
    }

    private void WriteEvents(string when)
    {
        foreach (var record in Log.Records.Skip(_recordsSeen))
            _trace.AppendLine($"  {when}stored {Stored(record)}");
        _recordsSeen = Log.Records.Count;

        // An answer may name a member whose own answer is written further down.
        _waiting.ForEach(waiting => waiting.Answer());
        foreach (var waiting in _waiting.ToList())
        {
            if (waiting.Answer() is not { } answer)
                continue;
            _waiting.Remove(waiting);
            _trace.AppendLine($"  {when}{waiting.Who}: {answer}");
        }
    }

    private string Joined(string who, JoinGroupResponse response)
    {
        if (response.ErrorCode is ErrorCode.None or ErrorCode.MemberIdRequired)
        {
            _idByName[who] = response.MemberId;
            _nameById[response.MemberId] = who;
        }

        if (response.ErrorCode != ErrorCode.None)
            return response.ErrorCode.ToString();

        _generation[who] = response.GenerationId;
        var members = response.Members.Count == 0 ? "" : $" of {string.Join(' ', response.Members.Select(m => Name(m.MemberId)).Order(StringComparer.Ordinal))}";
        var role = response.Leader == response.MemberId ? "leads" : "follows";
        return $"{role}{members} in generation {response.GenerationId} by {response.ProtocolName}{(response.SkipAssignment ? ", keep the assignment" : "")}";
    }

    private string Stored(GroupRecord record) => record switch
    {
        OffsetRecord { Value: { } offset } r => $"{r.Partition.Topic}-{r.Partition.Partition} at {offset.Offset}",
        OffsetRecord r => $"{r.Partition.Topic}-{r.Partition.Partition} forgotten",
        GenerationRecord { Value: { Members.Count: 0 } empty } => $"generation {empty.Generation}, empty",
        GenerationRecord { Value: { } stable } => $"generation {stable.Generation}: {string.Join(' ', stable.Members.Select(
            m => $"{Name(m.Id, m.ClientId)}={Encoding.UTF8.GetString(m.Assignment)}").Order(StringComparer.Ordinal))}",
        _ => "the end of the group",
    };

    private string Name(string id, string otherwise = "?") => _nameById.TryGetValue(id, out var name) ? name : id.Length > 0 && otherwise != "nothing" ? otherwise : id.Length > 0 ? id : otherwise;

    private void AssertReplayShowsTheSame()
    {
        var state = GroupState.Dead;
        Runner.TryRun(GroupId, (group, _) => state = group is { State: GroupState.Empty, Stored: null, Offsets.Count: 0, PendingOffsets.IsEmpty: true } ? GroupState.Dead : group.State);
        if (state is not (GroupState.Empty or GroupState.Stable))
            return;

        using var reloaded = Load();
        Assert.Equal(Shown(Runner), Shown(reloaded));
    }

    private string Shown(GroupRunner runner)
    {
        var shown = "no group";
        runner.TryRun(GroupId, (group, _) =>
        {
            var description = group.Describe();
            var members = description.Members.OrderBy(m => m.MemberId, StringComparer.Ordinal)
                .Select(m => $" {Name(m.MemberId)}={Encoding.UTF8.GetString(m.MemberAssignment)}");
            var offsets = group.Offsets.OrderBy(o => o.Key.Topic, StringComparer.Ordinal).Select(o => $" {o.Key.Topic}-{o.Key.Partition}@{o.Value.Offset}");
            var pending = string.Concat(group.PendingOffsets.Partitions.Select(p => $" {p.Topic}-{p.Partition} pending"));
            shown = $"{group.State} generation {group.Generation} {description.ProtocolType}/{group.Protocol}"
                + $" leader {Name(group.Roster.LeaderId ?? "", "none")}:{string.Concat(members)};{string.Concat(offsets)}{pending}";
        });
        return shown;
    }
}
