using Broker.Groups;
using Broker.Protocol.Messages;
using Broker.Tests.Groups.Support;
using Broker.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Tests.Groups;

/// <summary>Offsets that change by no commit of the group's members are said once, commits of members not at all.</summary>
public sealed class OffsetChangeLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordedLog _lines = new();
    private readonly TestTopics _topics = new();

    [Fact]
    public async Task each_change_has_its_line()
    {
        await using var groups = new GroupCoordinator(new MemoryOffsetsLog(), GroupScenario.Settings, _topics, _time, _lines);
        groups.Start();
        var client = new GroupClient("c", "/h");
        var joined = await groups.JoinAsync(
            new() { GroupId = "g", SessionTimeoutMs = 10_000, RebalanceTimeoutMs = 10_000, ProtocolType = "consumer", Protocols = [new() { Name = "range" }] },
            3, client, CancellationToken.None);
        await groups.SyncAsync(new() { GroupId = "g", GenerationId = 1, MemberId = joined.MemberId }, CancellationToken.None);
        await CommitAsync(groups, "g", 5, "t", joined);
        await CommitAsync(groups, "simple", 5, "t");
        await CommitAsync(groups, "simple", 6, "t");
        Assert.DoesNotContain(_lines.Lines, IsAboutOffsets);

        await groups.LeaveAsync("g", [new() { MemberId = joined.MemberId }], CancellationToken.None);
        await CommitAsync(groups, "g", 2, "t");
        await CommitAsync(groups, "g", 3, "u");
        await CommitAsync(groups, "g", 4, "v");
        await groups.DeleteOffsetsAsync(new() { GroupId = "g", Topics = [new() { Name = "u", Partitions = [new()] }] }, CancellationToken.None);
        await groups.ForgetTopicAsync("v");
        _time.Advance(GroupScenario.Settings.OffsetsRetention + GroupScenario.Settings.OffsetsRetentionCheckInterval);
        await _lines.WaitForAsync("Group simple: 1 offsets changed by no commit of its members (Expired)");
        await _lines.WaitForAsync("Group g: 1 offsets changed by no commit of its members (Expired)");

        Assert.Equal(
            [
                "(Reset); the first is t-0, now at 2.",
                "(Reset); the first is u-0, now at 3.",
                "(Reset); the first is v-0, now at 4.",
                "(Deleted); the first is u-0, now at -1.",
                "(TopicDeleted); the first is v-0, now at -1.",
                "(Expired); the first is t-0, now at -1.",
            ],
            _lines.Lines.Where(l => IsAboutOffsets(l) && l.Contains("Group g:", StringComparison.Ordinal)).Select(l => l[l.IndexOf('(', StringComparison.Ordinal)..]));
    }

    private static bool IsAboutOffsets(string line) => line.Contains("offsets changed by no commit", StringComparison.Ordinal);

    private static async Task CommitAsync(GroupCoordinator groups, string group, long offset, string topic, JoinGroupResponse? member = null) =>
        await groups.CommitAsync(
            new()
            {
                GroupId = group,
                MemberId = member?.MemberId ?? "",
                GenerationIdOrMemberEpoch = member?.GenerationId ?? -1,
                Topics = [new() { Name = topic, Partitions = [new() { CommittedOffset = offset }] }],
            },
            8,
            CancellationToken.None);
}
