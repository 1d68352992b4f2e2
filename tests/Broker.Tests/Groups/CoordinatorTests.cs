using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Groups.Support;
using Broker.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests.Groups;

public sealed class CoordinatorTests
{
    private readonly MemoryOffsetsLog _log = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task a_commit_is_answered_when_its_record_is_on_disk_and_not_before()
    {
        var disk = new TaskCompletionSource();
        _log.Flush = disk.Task;
        await using var groups = Start();

        var answer = groups.CommitAsync(Commit("g", 5), 8, CancellationToken.None).AsTask();
        var fetched = groups.FetchOffsetsAsync("g", group => group.FetchOffset(new("t", 0)).CommittedOffset, _ => -2, CancellationToken.None).AsTask();
        Assert.False(answer.IsCompleted);
        Assert.False(fetched.IsCompleted);

        disk.SetResult();
        Assert.Equal(ErrorCode.None, (await answer).Topics[0].Partitions[0].ErrorCode);
        Assert.Equal(5, await fetched);
    }

    [Fact]
    public async Task a_commit_the_disk_did_not_take_is_refused()
    {
        _log.Flush = Task.FromException(new IOException("disk"));
        await using var groups = Start();

        var answer = await groups.CommitAsync(Commit("g", 5), 8, CancellationToken.None);

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, answer.Topics[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task a_group_whose_partition_is_offline_is_refused_and_never_taken_for_empty()
    {
        _log.IsOffline = true;
        await using var groups = Start();

        Assert.Equal(-2, await groups.FetchOffsetsAsync("g", _ => 0, _ => -2, CancellationToken.None));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await groups.JoinAsync(Join("g"), 9, default, CancellationToken.None)).ErrorCode);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, groups.Heartbeat(new HeartbeatRequest { GroupId = "g" }));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, groups.Describe("g").ErrorCode);
    }

    [Theory]
    [InlineData("", 10_000, ErrorCode.InvalidGroupId)]
    [InlineData("g", 999, ErrorCode.InvalidSessionTimeout)]
    [InlineData("g", 300_001, ErrorCode.InvalidSessionTimeout)]
    [InlineData("g", 300_000, ErrorCode.MemberIdRequired)]
    public async Task a_join_without_a_group_or_with_a_session_out_of_bounds_is_refused(string groupId, int sessionMs, ErrorCode expected)
    {
        await using var groups = Start();

        var request = Join(groupId);
        request.SessionTimeoutMs = sessionMs;

        Assert.Equal(expected, (await groups.JoinAsync(request, 9, new GroupClient("c", "/h"), CancellationToken.None)).ErrorCode);
    }

    [Fact]
    public async Task who_waits_for_a_join_when_the_broker_stops_is_sent_to_look_for_the_coordinator()
    {
        using var stopping = new CancellationTokenSource();
        await using var groups = Start(GroupScenario.Settings with { InitialRebalanceDelay = TimeSpan.FromSeconds(3) });

        var joining = groups.JoinAsync(Join("g"), 3, new GroupClient("c", "/h"), stopping.Token).AsTask();
        Assert.False(joining.IsCompleted);
        await stopping.CancelAsync();

        Assert.Equal(ErrorCode.NotCoordinator, (await joining).ErrorCode);
    }

    [Fact]
    public async Task offsets_of_a_deleted_topic_are_forgotten_also_when_the_broker_was_killed_in_between()
    {
        await using (var groups = Start())
        {
            await groups.CommitAsync(Commit("g", 5), 8, CancellationToken.None);
            await groups.CommitAsync(Commit("g", 6, "kept"), 8, CancellationToken.None);
            await groups.CommitAsync(Commit("h", 7), 8, CancellationToken.None);
            await groups.ForgetTopicAsync("kept");
        }

        await using var restarted = Start(gone: "t");

        Assert.Equal(["g", "h"], _log.Records.OfType<OffsetRecord>().Where(r => r is { Value: null, Partition.Topic: "t" }).Select(r => r.GroupId).Order());
        Assert.Contains(_log.Records, r => r is OffsetRecord { Value: null, GroupId: "g", Partition.Topic: "kept" });
        Assert.Empty(restarted.List());
    }

    [Fact]
    public async Task expired_offsets_are_looked_for_at_the_interval()
    {
        await using var groups = Start();
        await groups.CommitAsync(Commit("g", 5), 8, CancellationToken.None);

        var ended = _log.NextAsync(r => r is GenerationRecord { GroupId: "g", Value: null });
        _time.Advance(GroupScenario.Settings.OffsetsRetention);

        await ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(groups.List());
    }

    [Fact]
    public async Task a_defect_in_the_upkeep_is_said_and_the_next_round_goes_on()
    {
        var time = new BrokenClock();
        var lines = new RecordedLog();
        await using var groups = new GroupCoordinator(_log, GroupScenario.Settings, new TestTopics(), time, lines);
        groups.Start();
        await groups.CommitAsync(Commit("g", 5), 8, CancellationToken.None);

        time.IsBroken = true;
        time.Advance(GroupScenario.Settings.OffsetsRetentionCheckInterval);
        await lines.WaitForAsync("A defect of the broker in its background work on groups");
        time.IsBroken = false;
        var ended = _log.NextAsync(r => r is GenerationRecord { GroupId: "g", Value: null });
        time.Advance(GroupScenario.Settings.OffsetsRetention);

        await ended.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task a_large_commit_is_split_into_batches_and_read_back_whole()
    {
        await using (var groups = Start())
        {
            var request = Commit("g", 1);
            request.Topics =
            [
                new() { Name = new string('t', 200), Partitions = [.. Enumerable.Range(0, 10_000).Select(p => new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = p, CommittedOffset = p })] },
            ];
            await groups.CommitAsync(request, 8, CancellationToken.None);
        }

        await using var restarted = Start();
        Assert.Equal(10_000, await restarted.FetchOffsetsAsync("g", group => group!.Offsets.Count, _ => -2, CancellationToken.None));
    }

    private GroupCoordinator Start(GroupSettings? settings = null, params string[] gone)
    {
        var topics = new TestTopics();
        topics.Gone.UnionWith(gone);
        var groups = new GroupCoordinator(_log, settings ?? GroupScenario.Settings, topics, _time, NullLogger.Instance);
        groups.Start();
        return groups;
    }

    private static JoinGroupRequest Join(string groupId) => new()
    {
        GroupId = groupId,
        SessionTimeoutMs = 10_000,
        RebalanceTimeoutMs = 60_000,
        ProtocolType = "consumer",
        Protocols = [new() { Name = "range" }],
    };

    private static OffsetCommitRequest Commit(string groupId, long offset, string topic = "t") => new()
    {
        GroupId = groupId,
        Topics = [new() { Name = topic, Partitions = [new() { CommittedOffset = offset }] }],
    };

    private sealed class BrokenClock : FakeTimeProvider
    {
        public bool IsBroken { get; set; }

        public override DateTimeOffset GetUtcNow() => IsBroken ? throw new InvalidOperationException("a defect") : base.GetUtcNow();
    }
}
