using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests.Groups;

/// <summary>What members say of themselves is held for as long as they are members, and stored in one record: both are bounded.</summary>
public sealed class JoinLimitTests
{
    private const int MaxMessageBytes = 1_048_588;
    private const short JoinVersion = 3;

    [Theory]
    [InlineData(MaxMessageBytes - 1_000, ErrorCode.None)]
    [InlineData(MaxMessageBytes, ErrorCode.GroupMaxSizeReached)]
    [InlineData(10_000_000, ErrorCode.GroupMaxSizeReached)]
    public async Task a_member_with_whom_the_group_could_not_be_stored_does_not_get_in(int bytes, ErrorCode expected)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var joined = await JoinAsync(client, "g", ("range", bytes));

        Assert.Equal(expected, joined.ErrorCode);
        if (expected == ErrorCode.None)
            Assert.Equal(ErrorCode.None, await SyncAsync(client, joined, 1));
    }

    [Fact]
    public async Task the_members_of_a_group_share_its_record()
    {
        await using var broker = await TestBroker.StartAsync();
        var (first, second) = (await broker.ConnectAsync(), await broker.ConnectAsync());
        var a = await JoinAsync(first, "g", ("range", 600_000));
        Assert.Equal(ErrorCode.None, await SyncAsync(first, a, 1));

        Assert.Equal(ErrorCode.GroupMaxSizeReached, (await JoinAsync(second, "g", ("range", 600_000))).ErrorCode);
        Assert.Equal(ErrorCode.None, await HeartbeatAsync(first, a));
        await LeaveAsync(first, a);

        Assert.Equal(ErrorCode.None, (await JoinAsync(second, "g", ("range", 600_000))).ErrorCode);
    }

    [Fact]
    public async Task what_is_said_in_a_protocol_that_is_not_stored_does_not_count_for_the_record()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var joined = await JoinAsync(client, "g", ("range", 10), ("cooperative", 2_000_000));

        Assert.Equal((ErrorCode.None, "range"), (joined.ErrorCode, joined.ProtocolName));
        Assert.Equal(ErrorCode.None, await SyncAsync(client, joined, 1));
    }

    [Fact]
    public async Task an_assignment_that_cannot_be_stored_is_refused_and_everybody_joins_anew()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var joined = await JoinAsync(client, "g", ("range", 10));

        Assert.Equal(ErrorCode.UnknownServerError, await SyncAsync(client, joined, 3_000_000));
        Assert.Equal(ErrorCode.RebalanceInProgress, await HeartbeatAsync(client, joined));

        var again = await JoinAsync(client, "g", joined.MemberId, ("range", 10));
        Assert.Equal((ErrorCode.None, 2), (again.ErrorCode, again.GenerationId));
        Assert.Equal(ErrorCode.None, await SyncAsync(client, again, 1));
    }

    [Fact]
    public async Task all_groups_together_hold_no_more_than_the_broker_may()
    {
        await using var broker = await TestBroker.StartAsync(o => o.QueuedMaxRequestBytes = 2_000_000);
        var client = await broker.ConnectAsync();
        var a = await JoinAsync(client, "a", ("range", 10), ("mine", 900_000));
        Assert.Equal(ErrorCode.None, (await JoinAsync(client, "b", ("range", 900_000))).ErrorCode);

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await JoinAsync(client, "c", ("range", 900_000))).ErrorCode);
        Assert.Equal(ErrorCode.None, (await JoinAsync(client, "c", ("range", 1_000))).ErrorCode);
        Assert.Equal(ErrorCode.None, (await JoinAsync(client, "a", a.MemberId, ("range", 10), ("mine", 900_000))).ErrorCode);
        await LeaveAsync(client, a);

        Assert.Equal(ErrorCode.None, (await JoinAsync(client, "d", ("range", 900_000))).ErrorCode);
    }

    [Fact]
    public async Task a_member_of_the_consumer_protocol_that_cannot_be_stored_is_refused_and_nothing_changes()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = new ConsumerGroupHeartbeatRequest
        {
            GroupId = "g",
            MemberId = "m",
            MemberEpoch = 0,
            RebalanceTimeoutMs = 60_000,
            SubscribedTopicNames = [.. Enumerable.Range(0, 60_000).Select(i => $"a-rather-long-name-{i}")],
            TopicPartitions = [],
        };

        Assert.Equal(ErrorCode.UnknownServerError, (await client.AskAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(request, 1)).ErrorCode);
        Assert.Empty(broker.Server.DescribeGroups());
        request.SubscribedTopicNames = ["t"];
        Assert.Equal(ErrorCode.None, (await client.AskAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(request, 1)).ErrorCode);
    }

    private static Task<JoinGroupResponse> JoinAsync(KafkaClient client, string group, params (string Name, int Bytes)[] protocols) =>
        JoinAsync(client, group, "", protocols);

    private static Task<JoinGroupResponse> JoinAsync(KafkaClient client, string group, string member, params (string Name, int Bytes)[] protocols) =>
        client.AskAsync<JoinGroupRequest, JoinGroupResponse>(
            new()
            {
                GroupId = group,
                MemberId = member,
                SessionTimeoutMs = 30_000,
                RebalanceTimeoutMs = 30_000,
                ProtocolType = "consumer",
                Protocols = [.. protocols.Select(p => new JoinGroupRequest.JoinGroupRequestProtocol { Name = p.Name, Metadata = new byte[p.Bytes] })],
            },
            JoinVersion);

    private static async Task<ErrorCode> SyncAsync(KafkaClient client, JoinGroupResponse member, int assignmentBytes) =>
        (await client.AskAsync<SyncGroupRequest, SyncGroupResponse>(
            new()
            {
                GroupId = "g",
                GenerationId = member.GenerationId,
                MemberId = member.MemberId,
                Assignments = [new() { MemberId = member.MemberId, Assignment = new byte[assignmentBytes] }],
            },
            2)).ErrorCode;

    private static async Task<ErrorCode> HeartbeatAsync(KafkaClient client, JoinGroupResponse member) =>
        (await client.AskAsync<HeartbeatRequest, HeartbeatResponse>(
            new() { GroupId = "g", GenerationId = member.GenerationId, MemberId = member.MemberId }, 2)).ErrorCode;

    private static async Task LeaveAsync(KafkaClient client, JoinGroupResponse member)
    {
        foreach (var group in new[] { "a", "g" })
            await client.AskAsync<LeaveGroupRequest, LeaveGroupResponse>(new() { GroupId = group, MemberId = member.MemberId }, 2);
    }
}
