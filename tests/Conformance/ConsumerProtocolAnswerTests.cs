using Broker.Protocol;
using Broker.Protocol.Messages;
using Conformance.Support;

namespace Conformance;

/// <summary>What Apache Kafka answers at the edges of the consumer protocol (KIP-848).</summary>
public class ConsumerProtocolAnswerTests(TestBroker broker)
{
    [Fact]
    public async Task a_first_heartbeat_must_say_everything()
    {
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        async Task<ErrorCode> Without(Action<ConsumerGroupHeartbeatRequest> change, short version = 1)
        {
            var request = Joining(group, "m", "t");
            change(request);
            return (await BeatAsync(client, request, version)).ErrorCode;
        }

        Assert.Equal(ErrorCode.InvalidRequest, await Without(r => r.GroupId = ""));
        Assert.Equal(ErrorCode.InvalidRequest, await Without(r => r.MemberId = ""));
        Assert.Equal(ErrorCode.InvalidRequest, await Without(r => r.InstanceId = ""));
        Assert.Equal(ErrorCode.InvalidRequest, await Without(r => r.RackId = ""));
        Assert.Equal(ErrorCode.InvalidRequest, await Without(r => r.RebalanceTimeoutMs = -1));
        Assert.Equal(ErrorCode.InvalidRequest, await Without(r => r.TopicPartitions = null));
        Assert.Equal(ErrorCode.InvalidRequest, await Without(r => r.TopicPartitions = [new() { TopicId = Guid.NewGuid(), Partitions = [0] }]));
        Assert.Equal(ErrorCode.InvalidRequest, await Without(r => r.SubscribedTopicNames = null));
        Assert.Equal(ErrorCode.InvalidRequest, await Without(r => r.MemberEpoch = -3));
        Assert.Equal(ErrorCode.InvalidRequest, await Without(r => r.MemberEpoch = -2));
        Assert.Equal(ErrorCode.UnsupportedAssignor, await Without(r => r.ServerAssignor = "sticky"));
        Assert.Equal(ErrorCode.GroupIdNotFound, await Without(r => r.MemberEpoch = -1));
        Assert.Equal(ErrorCode.GroupIdNotFound, await Without(r => r.MemberEpoch = 1));
    }

    [Theory]
    [InlineData("a(")]
    [InlineData("a)|(b")]
    [InlineData("a(?=b)")]
    [InlineData(@"(a)\1")]
    [InlineData("a{1001}")]
    [InlineData("[[:nothing:]]")]
    public async Task a_regular_expression_beyond_RE2_is_refused(string regex)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var request = Joining(TestBroker.NewName("group"), "m");
        request.SubscribedTopicRegex = regex;

        Assert.Equal(ErrorCode.InvalidRegularExpression, (await BeatAsync(client, request)).ErrorCode);
    }

    [Fact]
    public async Task before_version_1_the_coordinator_names_the_member()
    {
        var topic = await NewAssignedTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);

        var joined = await BeatAsync(client, Joining(TestBroker.NewName("group"), "", topic), version: 0);

        Assert.Equal((ErrorCode.None, 2), (joined.ErrorCode, joined.MemberEpoch));
        Assert.NotEmpty(joined.MemberId!);
        Assert.Equal([0], Assert.Single(joined.Assignment!.TopicPartitions).Partitions);
    }

    [Fact]
    public async Task a_member_that_names_another_epoch_is_fenced_but_may_begin_anew()
    {
        var topic = await NewAssignedTopicAsync();
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var epoch = (await BeatAsync(client, Joining(group, "a", topic))).MemberEpoch;

        Assert.Equal(ErrorCode.None, (await BeatAsync(client, Beat(group, "a", epoch))).ErrorCode);
        Assert.Equal(ErrorCode.FencedMemberEpoch, (await BeatAsync(client, Beat(group, "a", epoch + 1))).ErrorCode);
        Assert.Equal(ErrorCode.FencedMemberEpoch, (await BeatAsync(client, Beat(group, "a", epoch - 1))).ErrorCode);
        Assert.Equal(ErrorCode.UnknownMemberId, (await BeatAsync(client, Beat(group, "b", epoch))).ErrorCode);

        var again = await BeatAsync(client, Joining(group, "a", topic));
        Assert.Equal((ErrorCode.None, epoch), (again.ErrorCode, again.MemberEpoch));
        Assert.NotNull(again.Assignment);
    }

    [Fact]
    public async Task an_instance_belongs_to_one_live_member()
    {
        var topic = await NewAssignedTopicAsync();
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var epoch = (await BeatAsync(client, Static(Joining(group, "a", topic)))).MemberEpoch;

        Assert.Equal(ErrorCode.UnreleasedInstanceId, (await BeatAsync(client, Static(Joining(group, "b", topic)))).ErrorCode);
        Assert.Equal(ErrorCode.UnreleasedInstanceId, (await BeatAsync(client, Static(Joining(group, "a", topic)))).ErrorCode);
        Assert.Equal(ErrorCode.FencedInstanceId, (await BeatAsync(client, Static(Beat(group, "b", -2)))).ErrorCode);
        Assert.Equal(-2, (await BeatAsync(client, Static(Beat(group, "a", -2)))).MemberEpoch);
        Assert.Equal(ErrorCode.FencedMemberEpoch, (await BeatAsync(client, Static(Beat(group, "a", epoch)))).ErrorCode);

        var back = await BeatAsync(client, Static(Joining(group, "b", topic)));
        Assert.Equal((ErrorCode.None, epoch), (back.ErrorCode, back.MemberEpoch));
        Assert.Equal([0], Assert.Single(back.Assignment!.TopicPartitions).Partitions);
        Assert.Equal(ErrorCode.FencedInstanceId, (await BeatAsync(client, Static(Beat(group, "a", epoch)))).ErrorCode);
    }

    [Fact]
    public async Task commits_and_fetches_are_held_to_the_members_epoch()
    {
        var topic = await NewAssignedTopicAsync();
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var epoch = (await BeatAsync(client, Joining(group, "a", topic))).MemberEpoch;

        Assert.Equal(ErrorCode.None, await CommitAsync(client, group, topic, "a", epoch));
        Assert.Equal(ErrorCode.StaleMemberEpoch, await CommitAsync(client, group, topic, "a", epoch + 1));
        Assert.Equal(ErrorCode.StaleMemberEpoch, await CommitAsync(client, group, topic, "a", epoch - 1));
        Assert.Equal(ErrorCode.UnknownMemberId, await CommitAsync(client, group, topic, "b", epoch));
        Assert.Equal(ErrorCode.UnknownMemberId, await CommitAsync(client, group, topic, "", -1));
        Assert.Equal(ErrorCode.UnsupportedVersion, await CommitAsync(client, group, topic, "a", epoch, version: 8));
        Assert.Equal(ErrorCode.GroupIdNotFound, await CommitAsync(client, TestBroker.NewName("none"), topic, "a", epoch));

        Assert.Equal(ErrorCode.None, await FetchAsync(client, group, topic, "a", epoch));
        Assert.Equal(ErrorCode.None, await FetchAsync(client, group, topic, null, -1));
        Assert.Equal(ErrorCode.StaleMemberEpoch, await FetchAsync(client, group, topic, "a", epoch - 1));
        Assert.Equal(ErrorCode.UnknownMemberId, await FetchAsync(client, group, topic, "b", epoch));

        await BeatAsync(client, Beat(group, "a", -1));
        Assert.Equal(ErrorCode.None, await CommitAsync(client, group, topic, "", -1));
    }

    [Fact]
    public async Task from_version_10_topics_go_by_their_id_and_an_unknown_id_is_refused()
    {
        var topic = await NewAssignedTopicAsync();
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        await BeatAsync(client, Joining(group, "a", topic));
        await BeatAsync(client, Beat(group, "a", -1));
        var known = (await client.AskAsync<MetadataRequest, MetadataResponse>(new() { Topics = [new() { Name = topic }] }, 12)).Topics[0].TopicId;
        Guid[] ids = [known, Guid.NewGuid(), Guid.Empty];

        var committed = (await client.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new()
            {
                GroupId = group,
                Topics = [.. ids.Select(id => new OffsetCommitRequest.OffsetCommitRequestTopic
                {
                    TopicId = id,
                    Partitions = [new() { PartitionIndex = 0, CommittedOffset = 7, CommittedMetadata = "" }],
                })],
            },
            10)).Topics;
        var fetched = (await client.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(
            new() { Groups = [new() { GroupId = group, Topics = [.. ids.Select(id => new OffsetFetchRequest.OffsetFetchRequestTopics { TopicId = id, PartitionIndexes = [0] })] }] },
            10)).Groups[0].Topics;
        var all = (await client.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(new() { Groups = [new() { GroupId = group, Topics = null }] }, 10)).Groups[0].Topics;

        ErrorCode Expected(Guid id) => id == known ? ErrorCode.None : ErrorCode.UnknownTopicId;
        Assert.Equal(ids.Order(), committed.Select(t => t.TopicId).Order());
        Assert.All(committed, t => Assert.Equal(Expected(t.TopicId), t.Partitions[0].ErrorCode));
        Assert.Equal(ids.Order(), fetched.Select(t => t.TopicId).Order());
        Assert.All(fetched, t => Assert.Equal((Expected(t.TopicId), t.TopicId == known ? 7 : -1), (t.Partitions[0].ErrorCode, t.Partitions[0].CommittedOffset)));
        Assert.Equal(known, Assert.Single(all).TopicId);
    }

    [Fact]
    public async Task each_kind_of_group_is_described_and_deleted_as_its_own()
    {
        var topic = await NewAssignedTopicAsync();
        var group = TestBroker.NewName("group");
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        await BeatAsync(client, Joining(group, "a", topic));

        var classic = (await client.AskAsync<DescribeGroupsRequest, DescribeGroupsResponse>(new() { Groups = [group] }, 6)).Groups[0];
        var described = (await client.AskAsync<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(new() { GroupIds = [group, "none"] }, 1)).Groups;

        Assert.Equal((ErrorCode.GroupIdNotFound, $"Group {group} is not a classic group."), (classic.ErrorCode, classic.ErrorMessage));
        var known = described.Single(g => g.GroupId == group);
        var unknown = described.Single(g => g.GroupId == "none");
        Assert.Equal(("Stable", "uniform", 2, 2), (known.GroupState, known.AssignorName, known.GroupEpoch, known.AssignmentEpoch));
        Assert.Equal((topic, (sbyte)1), (Assert.Single(Assert.Single(known.Members).Assignment.TopicPartitions).TopicName, known.Members[0].MemberType));
        Assert.Equal((ErrorCode.GroupIdNotFound, ""), (unknown.ErrorCode, unknown.GroupState));

        Assert.Equal(ErrorCode.NonEmptyGroup, await DeleteAsync(client, group));
        Assert.Equal(ErrorCode.GroupSubscribedToTopic, await DeleteOffsetAsync(client, group, topic));
        await BeatAsync(client, Beat(group, "a", -1));
        Assert.Equal(ErrorCode.None, await DeleteAsync(client, group));
        Assert.Equal(ErrorCode.GroupIdNotFound, await DeleteAsync(client, group));
    }

    /// <summary>A topic that the coordinators know of: those of Apache Kafka hear of it a moment after the broker serves it.</summary>
    private async Task<string> NewAssignedTopicAsync()
    {
        var topic = await broker.NewTopicAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        await Polling.HoldsAsync(
            async () => (await BeatAsync(client, Joining(TestBroker.NewName("group"), "first", topic))).Assignment is { TopicPartitions.Count: 1 },
            $"{topic} is assigned",
            atOnce: broker.IsOurs);
        return topic;
    }

    private static ConsumerGroupHeartbeatRequest Joining(string group, string member, params string[] topics) => new()
    {
        GroupId = group,
        MemberId = member,
        RebalanceTimeoutMs = 60_000,
        SubscribedTopicNames = topics,
        TopicPartitions = [],
    };

    private static ConsumerGroupHeartbeatRequest Beat(string group, string member, int epoch) => new() { GroupId = group, MemberId = member, MemberEpoch = epoch };

    private static ConsumerGroupHeartbeatRequest Static(ConsumerGroupHeartbeatRequest request)
    {
        request.InstanceId = "instance";
        return request;
    }

    private static Task<ConsumerGroupHeartbeatResponse> BeatAsync(RawClient client, ConsumerGroupHeartbeatRequest request, short version = 1) =>
        client.AskAsync<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(request, version);

    private static async Task<ErrorCode> CommitAsync(RawClient client, string group, string topic, string member, int epoch, short version = 9)
    {
        var request = new OffsetCommitRequest
        {
            GroupId = group,
            MemberId = member,
            GenerationIdOrMemberEpoch = epoch,
            Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, CommittedOffset = 1, CommittedMetadata = "" }] }],
        };
        return (await client.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(request, version)).Topics[0].Partitions[0].ErrorCode;
    }

    private static async Task<ErrorCode> FetchAsync(RawClient client, string group, string topic, string? member, int epoch)
    {
        var request = new OffsetFetchRequest
        {
            Groups = [new() { GroupId = group, MemberId = member, MemberEpoch = epoch, Topics = [new() { Name = topic, PartitionIndexes = [0] }] }],
        };
        return (await client.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(request, 9)).Groups[0].ErrorCode;
    }

    private static async Task<ErrorCode> DeleteAsync(RawClient client, string group) =>
        (await client.AskAsync<DeleteGroupsRequest, DeleteGroupsResponse>(new() { GroupsNames = [group] }, 2)).Results[0].ErrorCode;

    private static async Task<ErrorCode> DeleteOffsetAsync(RawClient client, string group, string topic) =>
        (await client.AskAsync<OffsetDeleteRequest, OffsetDeleteResponse>(new() { GroupId = group, Topics = [new() { Name = topic, Partitions = [new()] }] }, 0))
            .Topics[0].Partitions[0].ErrorCode;
}
