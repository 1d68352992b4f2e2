using Broker.Protocol;
using Broker.Protocol.Messages;
using Conformance.Support;

namespace Conformance;

/// <summary>What Apache Kafka answers at the edges of the classic group protocol.</summary>
public class GroupAnswerTests(TestBroker broker)
{
    [Fact]
    public async Task from_version_4_on_a_new_member_is_told_its_id_and_joins_with_it()
    {
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var told = await JoinAsync(client, group, memberId: "", version: 4);
        var joined = await JoinAsync(client, group, told.MemberId, version: 4);

        Assert.Equal(ErrorCode.MemberIdRequired, told.ErrorCode);
        Assert.StartsWith("raw-", told.MemberId);
        Assert.Equal(ErrorCode.None, joined.ErrorCode);
        Assert.Equal((1, told.MemberId, told.MemberId), (joined.GenerationId, joined.MemberId, joined.Leader));
    }

    [Fact]
    public async Task before_version_4_a_new_member_joins_at_once()
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var joined = await JoinAsync(client, TestBroker.NewName("group"), memberId: "", version: 3);

        Assert.Equal((ErrorCode.None, 1), (joined.ErrorCode, joined.GenerationId));
        Assert.Equal([1, 2, 3], Assert.Single(joined.Members).Metadata);
    }

    [Theory]
    [InlineData("", 10_000, "consumer", "range", ErrorCode.InvalidGroupId)]
    [InlineData("group", 10, "consumer", "range", ErrorCode.InvalidSessionTimeout)]
    [InlineData("group", 10_000_000, "consumer", "range", ErrorCode.InvalidSessionTimeout)]
    [InlineData("group", 10_000, "", "range", ErrorCode.InconsistentGroupProtocol)]
    [InlineData("group", 10_000, "consumer", null, ErrorCode.InconsistentGroupProtocol)]
    public async Task a_join_that_cannot_be_is_refused(string group, int sessionTimeoutMs, string type, string? protocol, ErrorCode error)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var name = group.Length == 0 ? "" : TestBroker.NewName(group);

        Assert.Equal(error, (await JoinAsync(client, name, "", 3, sessionTimeoutMs, type, protocol)).ErrorCode);
    }

    [Fact]
    public async Task a_member_with_another_protocol_is_inconsistent()
    {
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        await JoinAsync(client, group, "", version: 3);

        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await JoinAsync(client, group, "", 3, protocol: "other")).ErrorCode);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await JoinAsync(client, group, "", 3, type: "connect")).ErrorCode);
    }

    [Fact]
    public async Task unknown_members_and_old_generations_are_refused_everywhere()
    {
        var group = TestBroker.NewName("group");
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var member = await JoinedAsync(client, group);

        Assert.Equal(ErrorCode.UnknownMemberId, (await JoinAsync(client, group, "nobody", 3)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, await HeartbeatAsync(client, group, "nobody", 1));
        Assert.Equal(ErrorCode.IllegalGeneration, await HeartbeatAsync(client, group, member, 7));
        Assert.Equal(ErrorCode.None, await HeartbeatAsync(client, group, member, 1));
        Assert.Equal(ErrorCode.UnknownMemberId, await CommitAsync(client, group, topic, "", -1));
        Assert.Equal(ErrorCode.UnknownMemberId, await CommitAsync(client, group, topic, "nobody", 1));
        Assert.Equal(ErrorCode.IllegalGeneration, await CommitAsync(client, group, topic, member, 7));
        Assert.Equal(ErrorCode.None, await CommitAsync(client, group, topic, member, 1));
    }

    [Fact]
    public async Task heartbeats_of_a_group_nobody_made_are_of_unknown_members()
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(ErrorCode.UnknownMemberId, await HeartbeatAsync(client, TestBroker.NewName("group"), "nobody", 1));
    }

    [Fact]
    public async Task a_member_that_leaves_is_unknown_afterwards()
    {
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var member = await JoinedAsync(client, group);

        var left = await client.AskAsync<LeaveGroupRequest, LeaveGroupResponse>(new() { GroupId = group, Members = [new() { MemberId = member }, new() { MemberId = "nobody" }] }, version: 4);

        Assert.Equal(ErrorCode.None, left.ErrorCode);
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownMemberId], left.Members.Select(one => one.ErrorCode));
        Assert.Equal(ErrorCode.UnknownMemberId, await HeartbeatAsync(client, group, member, 1));
    }

    [Fact]
    public async Task a_static_member_that_joins_again_gets_a_new_id_and_the_old_one_is_fenced()
    {
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var first = await JoinAsync(client, group, "", version: 5, instance: "instance");
        await SyncAsync(client, group, first.MemberId, first.GenerationId, "instance");

        var second = await JoinAsync(client, group, "", version: 5, instance: "instance");

        Assert.Equal(ErrorCode.None, second.ErrorCode);
        Assert.NotEqual(first.MemberId, second.MemberId);
        Assert.Equal(first.GenerationId, second.GenerationId);
        var answer = await client.AskAsync<HeartbeatRequest, HeartbeatResponse>(
            new() { GroupId = group, MemberId = first.MemberId, GenerationId = first.GenerationId, GroupInstanceId = "instance" }, version: 3);
        Assert.Equal(ErrorCode.FencedInstanceId, answer.ErrorCode);
    }

    [Fact]
    public async Task an_assignment_that_does_not_fit_into_a_record_fails_the_sync_and_everybody_joins_anew()
    {
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var joined = await JoinAsync(client, group, "", version: 3);

        var synced = await client.AskAsync<SyncGroupRequest, SyncGroupResponse>(
            new() { GroupId = group, GenerationId = 1, MemberId = joined.MemberId, Assignments = [new() { MemberId = joined.MemberId, Assignment = new byte[2_000_000] }] },
            version: 3);

        Assert.Equal(ErrorCode.UnknownServerError, synced.ErrorCode);
        Assert.Equal(ErrorCode.RebalanceInProgress, await HeartbeatAsync(client, group, joined.MemberId, 1));
        var again = await JoinAsync(client, group, joined.MemberId, version: 3);
        Assert.Equal((ErrorCode.None, 2), (again.ErrorCode, again.GenerationId));
    }

    [Fact]
    public async Task an_unknown_group_is_dead_when_described_and_not_found_from_version_6_on()
    {
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var old = Assert.Single((await client.AskAsync<DescribeGroupsRequest, DescribeGroupsResponse>(new() { Groups = [group] }, version: 5)).Groups);
        var current = Assert.Single((await client.AskAsync<DescribeGroupsRequest, DescribeGroupsResponse>(new() { Groups = [group] }, version: 6)).Groups);

        Assert.Equal((ErrorCode.None, "Dead"), (old.ErrorCode, old.GroupState));
        Assert.Equal((ErrorCode.GroupIdNotFound, "Dead"), (current.ErrorCode, current.GroupState));
    }

    [Fact]
    public async Task offsets_nobody_committed_are_minus_one_without_an_error()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var answer = await client.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(
            new() { Groups = [new() { GroupId = TestBroker.NewName("group"), Topics = [new() { Name = topic, PartitionIndexes = [0, 99] }] }] }, version: 8);

        var group = Assert.Single(answer.Groups);
        Assert.Equal(ErrorCode.None, group.ErrorCode);
        Assert.All(Assert.Single(group.Topics).Partitions, partition =>
            Assert.Equal((ErrorCode.None, -1L, -1, ""), (partition.ErrorCode, partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.Metadata)));
    }

    [Fact]
    public async Task committing_to_a_missing_partition_or_with_too_long_a_note_is_refused()
    {
        var group = TestBroker.NewName("group");
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await CommitAsync(client, group, TestBroker.NewName("missing"), "", -1));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await CommitAsync(client, group, topic, "", -1, partition: 9));
        Assert.Equal(ErrorCode.OffsetMetadataTooLarge, await CommitAsync(client, group, topic, "", -1, note: new string('x', 5000)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task the_coordinator_is_this_broker_in_every_form(short version)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var group = TestBroker.NewName("group");

        var answer = await client.AskAsync<FindCoordinatorRequest, FindCoordinatorResponse>(new() { Key = group, CoordinatorKeys = [group] }, version);

        var address = version >= 4
            ? $"{answer.Coordinators.Single().Host}:{answer.Coordinators.Single().Port}"
            : $"{answer.Host}:{answer.Port}";
        Assert.Equal(broker.BootstrapServers, address);
    }

    private static async Task<string> JoinedAsync(RawClient client, string group)
    {
        var joined = await JoinAsync(client, group, "", version: 3);
        await SyncAsync(client, group, joined.MemberId, joined.GenerationId, instance: null);
        return joined.MemberId;
    }

    private static Task<JoinGroupResponse> JoinAsync(
        RawClient client, string group, string memberId, short version, int sessionTimeoutMs = 10_000,
        string type = "consumer", string? protocol = "range", string? instance = null) =>
        client.AskAsync<JoinGroupRequest, JoinGroupResponse>(
            new()
            {
                GroupId = group,
                SessionTimeoutMs = sessionTimeoutMs,
                RebalanceTimeoutMs = 10_000,
                MemberId = memberId,
                GroupInstanceId = instance,
                ProtocolType = type,
                Protocols = protocol is null ? [] : [new() { Name = protocol, Metadata = [1, 2, 3] }],
            },
            version);

    private static async Task SyncAsync(RawClient client, string group, string member, int generation, string? instance)
    {
        var answer = await client.AskAsync<SyncGroupRequest, SyncGroupResponse>(
            new() { GroupId = group, GenerationId = generation, MemberId = member, GroupInstanceId = instance, Assignments = [new() { MemberId = member, Assignment = [9] }] }, version: 3);
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        Assert.Equal([9], answer.Assignment);
    }

    private static async Task<ErrorCode> HeartbeatAsync(RawClient client, string group, string member, int generation) =>
        (await client.AskAsync<HeartbeatRequest, HeartbeatResponse>(new() { GroupId = group, MemberId = member, GenerationId = generation }, version: 3)).ErrorCode;

    private static async Task<ErrorCode> CommitAsync(
        RawClient client, string group, string topic, string member, int generation, int partition = 0, string? note = null)
    {
        var answer = await client.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new()
            {
                GroupId = group,
                MemberId = member,
                GenerationIdOrMemberEpoch = generation,
                Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = partition, CommittedOffset = 1, CommittedMetadata = note }] }],
            },
            version: 8);
        return Assert.Single(Assert.Single(answer.Topics).Partitions).ErrorCode;
    }
}
