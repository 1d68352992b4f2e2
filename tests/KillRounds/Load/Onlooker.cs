using Broker.Protocol;
using Broker.Protocol.Messages;
using KillRounds.Histories;
using KillRounds.Load.Wire;

namespace KillRounds.Load;

/// <summary>Looks, after every kill and every now and then, at where groups are and where logs begin and end.</summary>
internal sealed class Onlooker(string bootstrapServers, Topics topics, History history, Progress progress)
{
    private const int RecordsBetweenLooks = 60;
    private const long AtTheStart = -2;
    private const long AtTheEnd = -1;

    public async Task RunAsync(CancellationToken stop)
    {
        using var link = new BrokerLink(bootstrapServers, progress);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await LookAsync(link);
                await progress.MakeAsync(stop, (Deed.Acknowledged, RecordsBetweenLooks));
            }
            catch (LinkBrokenException)
            {
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }
        }
    }

    /// <summary>Once, of a broker that answers.</summary>
    public async Task LookAsync()
    {
        using var link = new BrokerLink(bootstrapServers, progress);
        await LookAsync(link);
    }

    private async Task LookAsync(BrokerLink link)
    {
        history.Add(new LookBegun());
        foreach (var (group, topic) in topics.Positions)
            await LookAtPositionsAsync(link, group, topic);
        var starts = await AskBoundsAsync(link, AtTheStart);
        var ends = await AskBoundsAsync(link, AtTheEnd);
        foreach (var place in topics.Places)
            history.Add(new BoundsSeen(place, starts[place], ends[place]));
        progress.Did(Deed.Looked);
    }

    private async Task LookAtPositionsAsync(BrokerLink link, string group, string topic)
    {
        var request = new OffsetFetchRequest { Groups = [new() { GroupId = group, Topics = [new() { Name = topic, PartitionIndexes = [.. topics.PlacesOf(topic).Select(p => p.Partition)] }] }] };
        var answer = (await link.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(request, 9)).Groups[0];
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        foreach (var partition in answer.Topics[0].Partitions)
        {
            Assert.Equal(ErrorCode.None, partition.ErrorCode);
            // A group that kept nothing begins at 0.
            history.Add(new PositionSeen(group, new Place(topic, partition.PartitionIndex), Math.Max(0, partition.CommittedOffset)));
        }
    }

    private async Task<Dictionary<Place, long>> AskBoundsAsync(BrokerLink link, long at)
    {
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [.. topics.Places.GroupBy(p => p.Topic).Select(t => new ListOffsetsRequest.ListOffsetsTopic
            {
                Name = t.Key,
                Partitions = [.. t.Select(p => new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = p.Partition, Timestamp = at })],
            })],
        };
        var answer = await link.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(request, 7);
        Assert.All(answer.Topics.SelectMany(t => t.Partitions), p => Assert.Equal(ErrorCode.None, p.ErrorCode));
        return answer.Topics.SelectMany(t => t.Partitions.Select(p => (Place: new Place(t.Name, p.PartitionIndex), p.Offset))).ToDictionary(p => p.Place, p => p.Offset);
    }
}
