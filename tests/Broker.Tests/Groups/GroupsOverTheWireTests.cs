using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests.Groups;

public sealed class GroupsOverTheWireTests
{
    private const short JoinVersion = 9;
    private const short SyncVersion = 5;
    private const short HeartbeatVersion = 4;
    private const short CommitVersion = 9;
    private const short FetchVersion = 9;

    [Fact]
    public async Task a_member_goes_on_with_its_id_and_generation_after_a_restart()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        var member = await JoinAsync(client, "g");
        Assert.Equal("abc", Text((await SyncAsync(client, "g", member, "abc")).Assignment));
        Assert.Equal(ErrorCode.None, await CommitAsync(client, "g", member, "t", 5));

        await broker.RestartAsync();
        client = await broker.ConnectAsync();

        Assert.Equal(ErrorCode.None, await HeartbeatAsync(client, "g", member));
        Assert.Equal("abc", Text((await SyncAsync(client, "g", member, "")).Assignment));
        Assert.Equal(5, await CommittedAsync(client, "g", "t"));
        Assert.Equal(ErrorCode.None, await CommitAsync(client, "g", member, "t", 6));
        Assert.Equal(6, await CommittedAsync(client, "g", "t"));
    }

    [Fact]
    public async Task two_members_join_divide_the_work_and_leave()
    {
        await using var broker = await TestBroker.StartAsync();
        var first = await broker.ConnectAsync();
        var second = await broker.ConnectAsync();
        var a = await JoinAsync(first, "g");
        await SyncAsync(first, "g", a, "all");

        var asked = await second.AskAsync<JoinGroupRequest, JoinGroupResponse>(Join("g"), JoinVersion);
        var waiting = await second.SendAsync(Join("g", asked.MemberId), JoinVersion);
        Assert.Equal(ErrorCode.RebalanceInProgress, await HeartbeatUntilAsync(first, "g", a, ErrorCode.RebalanceInProgress));
        a = await first.AskAsync<JoinGroupRequest, JoinGroupResponse>(Join("g", a.MemberId), JoinVersion);
        var b = await second.ReceiveAsync<JoinGroupResponse>(ApiKey.JoinGroup, JoinVersion, waiting);
        Assert.Equal((2, 2), (a.GenerationId, b.GenerationId));
        Assert.Equal(a.MemberId, b.Leader);
        Assert.Equal(2, a.Members.Count);

        var left = await first.AskAsync<LeaveGroupRequest, LeaveGroupResponse>(
            new LeaveGroupRequest { GroupId = "g", Members = [new() { MemberId = a.MemberId }, new() { MemberId = b.MemberId }, new() { MemberId = "nobody" }] }, 5);
        Assert.Equal([ErrorCode.None, ErrorCode.None, ErrorCode.UnknownMemberId], left.Members.Select(m => m.ErrorCode));
        Assert.Equal("Empty", Assert.Single(await ListAsync(first)).GroupState);
    }

    [Fact]
    public async Task offsets_of_several_groups_are_fetched_in_one_request_and_all_topics_when_none_is_named()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.CreateTopicAsync("u");
        await CommitAsync(client, "g", null, "t", 5);
        await CommitAsync(client, "g", null, "u", 6);

        var response = await client.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(
            new OffsetFetchRequest
            {
                Groups =
                [
                    new() { GroupId = "g", Topics = null },
                    new() { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [0, 1] }] },
                    new() { GroupId = "unknown", Topics = [new() { Name = "t", PartitionIndexes = [0] }] },
                    new() { GroupId = "unknown", Topics = null },
                ],
            },
            FetchVersion);

        Assert.Equal(["t", "u"], response.Groups[0].Topics.Select(t => t.Name).Order());
        Assert.Equal([5L, -1L], response.Groups[1].Topics[0].Partitions.Select(p => p.CommittedOffset));
        Assert.Equal(-1, response.Groups[2].Topics[0].Partitions[0].CommittedOffset);
        Assert.Empty(response.Groups[3].Topics);
        Assert.All(response.Groups, g => Assert.Equal(ErrorCode.None, g.ErrorCode));
    }

    [Fact]
    public async Task a_group_nobody_knows_is_dead_in_old_versions_and_an_error_in_new_ones()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = new DescribeGroupsRequest { Groups = ["nobody"] };

        var old = (await client.AskAsync<DescribeGroupsRequest, DescribeGroupsResponse>(request, 5)).Groups[0];
        var current = (await client.AskAsync<DescribeGroupsRequest, DescribeGroupsResponse>(request, 6)).Groups[0];

        Assert.Equal(("Dead", ErrorCode.None), (old.GroupState, old.ErrorCode));
        Assert.Equal(("Dead", ErrorCode.GroupIdNotFound), (current.GroupState, current.ErrorCode));
        Assert.NotNull(current.ErrorMessage);
    }

    [Fact]
    public async Task a_deleted_topic_takes_its_committed_offsets_along()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await CommitAsync(client, "g", null, "t", 5);

        await client.AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new DeleteTopicsRequest { Topics = [new() { Name = "t" }] }, 6);
        await client.CreateTopicAsync("t");

        Assert.Equal(-1, await CommittedAsync(client, "g", "t"));
    }

    [Fact]
    public async Task compaction_of_the_offsets_log_forgets_nothing()
    {
        await using var broker = await TestBroker.StartAsync(o =>
        {
            o.OffsetsTopicNumPartitions = 1;
            o.OffsetsTopicSegmentBytes = 4096;
            o.LogCleanerBackoffMs = 1;
            o.LogCleanerMinCleanableRatio = 0.01;
        });
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await CommitAsync(client, "old", null, "t", 7);
        await CommitInTransactionAsync(client, "exactly", "t", 8);
        var member = await JoinAsync(client, "g");
        await SyncAsync(client, "g", member, "abc");
        var epoch = (await BeatAsync(client, new() { RebalanceTimeoutMs = 60_000, SubscribedTopicNames = ["t"], TopicPartitions = [] })).MemberEpoch;

        var offset = 0;
        while (!broker.Log.Lines.Any(l => l.Contains("compacted below offset", StringComparison.Ordinal)))
            await CommitAsync(client, "g", member, "t", ++offset);
        await broker.RestartAsync();
        client = await broker.ConnectAsync();

        Assert.Equal(ErrorCode.None, await HeartbeatAsync(client, "g", member));
        Assert.Equal("abc", Text((await SyncAsync(client, "g", member, "")).Assignment));
        Assert.Equal(offset, await CommittedAsync(client, "g", "t"));
        Assert.Equal(7, await CommittedAsync(client, "old", "t"));
        Assert.Equal(8, await CommittedAsync(client, "exactly", "t"));
        Assert.Equal((ErrorCode.None, epoch), await BeatAsync(client, new() { MemberEpoch = epoch }) is var beat ? (beat.ErrorCode, beat.MemberEpoch) : default);
    }

    [Fact]
    public async Task a_group_is_listed_by_its_state_and_deleted_when_empty()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await CommitAsync(client, "idle", null, "t", 5);
        await SyncAsync(client, "busy", await JoinAsync(client, "busy"), "all");

        Assert.Equal(["busy"], (await ListAsync(client, "stable")).Select(g => g.GroupId));
        Assert.Equal(["idle"], (await ListAsync(client, "EMPTY")).Select(g => g.GroupId));

        var deleted = await client.AskAsync<DeleteGroupsRequest, DeleteGroupsResponse>(new DeleteGroupsRequest { GroupsNames = ["idle", "busy", "nobody"] }, 2);
        Assert.Equal([ErrorCode.None, ErrorCode.NonEmptyGroup, ErrorCode.GroupIdNotFound], deleted.Results.Select(r => r.ErrorCode));
        Assert.Equal(["busy"], (await ListAsync(client)).Select(g => g.GroupId));
    }

    [Fact]
    public async Task a_join_that_waits_is_answered_when_the_broker_stops()
    {
        await using var broker = await TestBroker.StartAsync(o => o.GroupInitialRebalanceDelayMs = 600_000);
        var client = await broker.ConnectAsync();
        var asked = await client.AskAsync<JoinGroupRequest, JoinGroupResponse>(Join("g"), JoinVersion);
        var waiting = await client.SendAsync(Join("g", asked.MemberId), JoinVersion);
        while (broker.Server.DescribeGroups().Single().Members.Count == 0)
            await Task.Yield();

        await broker.Server.StopAsync();

        Assert.Equal(ErrorCode.NotCoordinator, (await client.ReceiveAsync<JoinGroupResponse>(ApiKey.JoinGroup, JoinVersion, waiting)).ErrorCode);
    }

    [Fact]
    public async Task operators_see_groups_with_their_lag()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.CreateTopicAsync("t");
        await client.ProduceAsync("t", Requests.Batch("1", "2", "3"));
        await CommitAsync(client, "g", null, "t", 1);

        var group = Assert.Single(broker.Server.DescribeGroups());

        Assert.Equal(("g", "Empty"), (group.Id, group.State));
        Assert.Equal(new GroupOffsetDescription("t", 0, 1, 3, 2), Assert.Single(group.Offsets));
        Assert.Equal(["__consumer_offsets", "t"], broker.Server.DescribeTopics().Select(t => t.Name));
    }

    /// <summary>Of the only member of a group of the consumer protocol.</summary>
    private static Task<ConsumerGroupHeartbeatResponse> BeatAsync(KafkaClient client, ConsumerGroupHeartbeatRequest request)
    {
        (request.GroupId, request.MemberId) = ("consumers", "member");
        return client.AskAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(request, 1);
    }

    private static async Task CommitInTransactionAsync(KafkaClient client, string group, string topic, long offset)
    {
        const string Id = "transactional";
        var producer = await client.AskAsync<InitProducerIdRequest, InitProducerIdResponse>(
            new InitProducerIdRequest { TransactionalId = Id, TransactionTimeoutMs = 60_000 }, 4);
        var committed = await client.AskAsync<TxnOffsetCommitRequest, TxnOffsetCommitResponse>(
            new TxnOffsetCommitRequest
            {
                TransactionalId = Id,
                GroupId = group,
                ProducerId = producer.ProducerId,
                ProducerEpoch = producer.ProducerEpoch,
                Topics = [new() { Name = topic, Partitions = [new() { CommittedOffset = offset }] }],
            },
            5);
        Assert.Equal(ErrorCode.None, committed.Topics[0].Partitions[0].ErrorCode);
        var ended = await client.AskAsync<EndTxnRequest, EndTxnResponse>(
            new EndTxnRequest { TransactionalId = Id, ProducerId = producer.ProducerId, ProducerEpoch = producer.ProducerEpoch, Committed = true }, 5);
        Assert.Equal(ErrorCode.None, ended.ErrorCode);
    }

    /// <summary>Both steps of a new member.</summary>
    private static async Task<JoinGroupResponse> JoinAsync(KafkaClient client, string group)
    {
        var first = await client.AskAsync<JoinGroupRequest, JoinGroupResponse>(Join(group), JoinVersion);
        Assert.Equal(ErrorCode.MemberIdRequired, first.ErrorCode);
        var joined = await client.AskAsync<JoinGroupRequest, JoinGroupResponse>(Join(group, first.MemberId), JoinVersion);
        Assert.Equal(ErrorCode.None, joined.ErrorCode);
        return joined;
    }

    private static JoinGroupRequest Join(string group, string memberId = "") => new()
    {
        GroupId = group,
        MemberId = memberId,
        SessionTimeoutMs = 60_000,
        RebalanceTimeoutMs = 60_000,
        ProtocolType = "consumer",
        Protocols = [new() { Name = "range", Metadata = [0, 0, 0, 0, 0, 0, 255, 255, 255, 255] }],
    };

    private static Task<SyncGroupResponse> SyncAsync(KafkaClient client, string group, JoinGroupResponse member, string assignment) =>
        client.AskAsync<SyncGroupRequest, SyncGroupResponse>(
            new SyncGroupRequest
            {
                GroupId = group,
                GenerationId = member.GenerationId,
                MemberId = member.MemberId,
                Assignments = [new() { MemberId = member.MemberId, Assignment = System.Text.Encoding.UTF8.GetBytes(assignment) }],
            },
            SyncVersion);

    private static async Task<ErrorCode> HeartbeatAsync(KafkaClient client, string group, JoinGroupResponse member) =>
        (await client.AskAsync<HeartbeatRequest, HeartbeatResponse>(
            new HeartbeatRequest { GroupId = group, GenerationId = member.GenerationId, MemberId = member.MemberId }, HeartbeatVersion)).ErrorCode;

    /// <summary>The other connection's request may be read after this one's.</summary>
    private static async Task<ErrorCode> HeartbeatUntilAsync(KafkaClient client, string group, JoinGroupResponse member, ErrorCode expected)
    {
        ErrorCode error;
        do
            error = await HeartbeatAsync(client, group, member);
        while (error != expected && error == ErrorCode.None);
        return error;
    }

    private static async Task<ErrorCode> CommitAsync(KafkaClient client, string group, JoinGroupResponse? member, string topic, long offset)
    {
        var response = await client.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new OffsetCommitRequest
            {
                GroupId = group,
                MemberId = member?.MemberId ?? "",
                GenerationIdOrMemberEpoch = member?.GenerationId ?? -1,
                Topics = [new() { Name = topic, Partitions = [new() { CommittedOffset = offset }] }],
            },
            CommitVersion);
        return Assert.Single(Assert.Single(response.Topics).Partitions).ErrorCode;
    }

    private static async Task<long> CommittedAsync(KafkaClient client, string group, string topic)
    {
        var response = await client.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(
            new OffsetFetchRequest { GroupId = group, Topics = [new() { Name = topic, PartitionIndexes = [0] }], RequireStable = true }, 7);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        return Assert.Single(Assert.Single(response.Topics).Partitions).CommittedOffset;
    }

    private static async Task<IReadOnlyList<ListGroupsResponse.ListedGroup>> ListAsync(KafkaClient client, params string[] states) =>
        (await client.AskAsync<ListGroupsRequest, ListGroupsResponse>(new ListGroupsRequest { StatesFilter = states }, 5)).Groups;

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
