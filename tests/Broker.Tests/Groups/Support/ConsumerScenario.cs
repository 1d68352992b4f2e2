using System.Text;
using Broker.Groups;
using Broker.Groups.Consumer;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests.Groups.Support;

/// <summary>
/// One group with members of the consumer protocol, and classic consumers beside them, each behaving as a client does: it sends what it was told last,
/// takes what it is assigned and gives up what is no longer in it. Each step writes who said what and was answered what. After every step the group
/// is loaded anew from its records and must show the same.
/// </summary>
internal sealed partial class ConsumerScenario : IDisposable
{
    public const string GroupId = "g";

    private readonly GroupSettings _settings;
    private readonly StringBuilder _trace = new();
    private readonly Dictionary<string, Client> _clients = [];

    public ConsumerScenario(GroupSettings? settings = null)
    {
        _settings = settings ?? GroupScenario.Settings;
        Runner = Load();
    }

    public FakeTimeProvider Time { get; } = new();

    public MemoryOffsetsLog Log { get; } = new();

    public TestTopics Topics { get; } = new();

    public GroupRunner Runner { get; private set; }

    public ConsumerScenario Topic(string name, int partitions)
    {
        Topics.Make(name, partitions);
        return this;
    }

    /// <summary>A new client joins.</summary>
    public ConsumerScenario Join(
        string who, string topics = "t", string? regex = null, string? instance = null, string? assignor = null, int rebalanceSeconds = 60, string? asId = null)
    {
        _clients[who] = new Client(asId ?? who, instance) { Topics = topics, Regex = regex, Assignor = assignor, RebalanceSeconds = rebalanceSeconds };
        return Beat(who, "joins");
    }

    /// <summary>A heartbeat as a client sends it: everything when it joins, then what it holds, then only that it is there.</summary>
    public ConsumerScenario Beat(string who, string what = "beats", int? epoch = null)
    {
        var client = _clients[who];
        var request = new ConsumerGroupHeartbeatRequest
        {
            GroupId = GroupId,
            MemberId = client.Id,
            MemberEpoch = epoch ?? client.Epoch,
            InstanceId = client.Instance,
            TopicPartitions = client.Epoch == 0 ? [] : client.HasToSay ? client.Owned() : null,
        };
        if (client.Epoch == 0 || client.HasOtherTopics)
        {
            request.SubscribedTopicNames = client.Topics.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            request.SubscribedTopicRegex = client.Regex;
        }

        if (client.Epoch == 0)
        {
            request.RebalanceTimeoutMs = client.RebalanceSeconds * 1000;
            request.ServerAssignor = client.Assignor;
        }

        client.HasOtherTopics = false;
        client.HasToSay = false;
        var response = Ask(request);
        if (response.ErrorCode == ErrorCode.None)
            client.Take(response);
        return Wrote($"{who} {what}", Told(response));
    }

    /// <summary>Does not give up what it was told to.</summary>
    public ConsumerScenario Hold(string who)
    {
        _clients[who].HasToSay = false;
        return this;
    }

    public ConsumerScenario Subscribe(string who, string topics)
    {
        (_clients[who].Topics, _clients[who].HasOtherTopics) = (topics, true);
        return Beat(who, $"wants {topics}");
    }

    public ConsumerScenario Leave(string who, bool forGood = true)
    {
        var client = _clients[who];
        var request = new ConsumerGroupHeartbeatRequest
        {
            GroupId = GroupId,
            MemberId = client.Id,
            InstanceId = client.Instance,
            MemberEpoch = forGood ? CurrentAssignment.LeaveEpoch : CurrentAssignment.StaticLeaveEpoch,
        };
        return Wrote($"{who} leaves", Ask(request) is { ErrorCode: not ErrorCode.None } refused ? refused.ErrorCode.ToString() : "gone");
    }

    public ConsumerScenario Commit(string who, int epoch, int partition = 0, short version = 9)
    {
        var request = new OffsetCommitRequest
        {
            GroupId = GroupId,
            MemberId = _clients.TryGetValue(who, out var client) ? client.Id : "",
            GenerationIdOrMemberEpoch = epoch,
            Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = partition, CommittedOffset = 1 }] }],
        };
        var code = ErrorCode.GroupIdNotFound;
        Runner.TryRun(GroupId, (group, decision) => code = group.Commit(request, version, decision).Topics[0].Partitions[0].ErrorCode);
        return Wrote($"{who} commits t-{partition} in epoch {epoch}", code.ToString());
    }

    public ConsumerScenario Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
            Time.Advance(TimeSpan.FromSeconds(1));
        return Wrote($"{seconds} s pass", null);
    }

    public ConsumerScenario Restart()
    {
        Runner.Dispose();
        Runner = Load();
        return Wrote("restart", null);
    }

    public ConsumerScenario Show()
    {
        _trace.AppendLine(Shown(Runner));
        return this;
    }

    public void Expect(string trace) => Assert.Equal(Lines(trace), Lines(_trace.ToString()));

    public void ExpectEnd(string trace) => Assert.EndsWith(Lines(trace), Lines(_trace.ToString()));

    public void Dispose() => Runner.Dispose();

    private static string Lines(string trace) => trace.ReplaceLineEndings("\n").TrimEnd();

    private GroupRunner Load()
    {
        var runner = new GroupRunner(Log, _settings, Topics, Time, NullLogger.Instance);
        runner.Load(_ => false);
        return runner;
    }

    private ConsumerGroupHeartbeatResponse Ask(ConsumerGroupHeartbeatRequest request)
    {
        ConsumerGroupHeartbeatResponse? response = null;
        void Decide(Group group, Decision decision) => decision.Try(
            () => response = group.Heartbeat(request, new GroupClient("c", "/h"), decision),
            fault => response = ConsumerHeartbeat.Refused(fault.Code));
        if (request.MemberEpoch == 0)
            Runner.Run(GroupId, Decide);
        else
            Runner.TryRun(GroupId, Decide);
        return response ?? ConsumerHeartbeat.Refused(ErrorCode.GroupIdNotFound);
    }

    private ConsumerScenario Wrote(string what, string? answer)
    {
        _trace.AppendLine(answer is null ? what : $"{what}: {answer}");
        using var reloaded = Load();
        Assert.Equal(Shown(Runner), Shown(reloaded));
        return this;
    }

    private string Told(ConsumerGroupHeartbeatResponse response) => response switch
    {
        { ErrorCode: not ErrorCode.None } => response.ErrorCode.ToString(),
        { Assignment: null } => $"epoch {response.MemberEpoch}",
        _ => $"epoch {response.MemberEpoch}, {Named(response.Assignment.TopicPartitions.SelectMany(t => t.Partitions.Select(p => new TopicIdPartition(t.TopicId, p))))}",
    };

    private string Named(IEnumerable<TopicIdPartition> partitions) =>
        string.Join(' ', partitions.Select(p => $"{Topics.NameOf(p.TopicId)}-{p.Partition}").Order(StringComparer.Ordinal)) is { Length: > 0 } names ? names : "nothing";

    private string Shown(GroupRunner runner)
    {
        var shown = "no group";
        runner.TryRun(GroupId, (group, _) => shown = group.Consumer is { State: var state }
            ? $"{state.Name} epoch {state.Epoch}/{state.TargetEpoch}{string.Concat(state.Members.Values.OrderBy(m => m.Id, StringComparer.Ordinal).Select(m => $" {m.Id}@{m.Current.Epoch}[{Named(m.Current.Held.Select(h => h.Partition))}]"))}"
            : $"classic {group.State} generation {group.Generation}");
        return shown;
    }

    private sealed class Client(string id, string? instance)
    {
        private HashSet<TopicIdPartition> _assigned = [];

        public string Id { get; set; } = id;

        public string? Instance { get; } = instance;

        public required string Topics { get; set; }

        public string? Regex { get; init; }

        public string? Assignor { get; init; }

        public int RebalanceSeconds { get; init; }

        public int Epoch { get; private set; }

        public bool HasToSay { get; set; }

        public bool HasOtherTopics { get; set; }

        public void Take(ConsumerGroupHeartbeatResponse response)
        {
            Epoch = response.MemberEpoch;
            if (response.Assignment is not { } told)
                return;
            _assigned = [.. told.TopicPartitions.SelectMany(t => t.Partitions.Select(p => new TopicIdPartition(t.TopicId, p)))];
            HasToSay = true;
        }

        public IReadOnlyList<ConsumerGroupHeartbeatRequest.OwnedTopicPartitions> Owned() =>
        [
            .. _assigned.GroupBy(p => p.TopicId).Select(topic => new ConsumerGroupHeartbeatRequest.OwnedTopicPartitions
            {
                TopicId = topic.Key,
                Partitions = [.. topic.Select(p => p.Partition)],
            }),
        ];
    }
}
