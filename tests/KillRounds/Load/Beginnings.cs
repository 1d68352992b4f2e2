using Broker.Protocol;
using Broker.Protocol.Messages;
using KillRounds.Histories;
using KillRounds.Load.Wire;
using static Broker.Protocol.Messages.OffsetCommitRequest;

namespace KillRounds.Load;

/// <summary>
/// Gives each group a position at the start of its topic before it has members, so that nobody needs a rule for where to begin: a client
/// that has lost its position, or is told that it is out of range, fails the run instead of quietly beginning again.
/// </summary>
internal sealed class Beginnings(string bootstrapServers, Topics topics, History history, Progress progress)
{
    public async Task KeepAsync()
    {
        using var link = new BrokerLink(bootstrapServers, progress);
        foreach (var (group, topic) in topics.Positions)
            await KeepAsync(link, group, topics.PlacesOf(topic));
    }

    private async Task KeepAsync(BrokerLink link, string group, IReadOnlyList<Place> places)
    {
        foreach (var place in places)
            history.Add(new PositionSent(group, place, 0));
        var request = new OffsetCommitRequest
        {
            GroupId = group,
            Topics = [new OffsetCommitRequestTopic { Name = places[0].Topic, Partitions = [.. places.Select(p => new OffsetCommitRequestPartition { PartitionIndex = p.Partition, CommittedOffset = 0 })] }],
        };
        var answer = await link.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(request, 9);
        Assert.All(answer.Topics.SelectMany(t => t.Partitions), p => Assert.Equal(ErrorCode.None, p.ErrorCode));
        foreach (var place in places)
            history.Add(new PositionAcknowledged(group, place, 0));
    }
}
