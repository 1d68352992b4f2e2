using System.Text;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using KillRounds.Histories;
using KillRounds.Load.Wire;

namespace KillRounds.Load;

/// <summary>
/// Deletes records in front of an offset, again and again, and in between sends what a compacted topic has to refuse: a record without
/// a key.
/// </summary>
internal sealed class Trimmer(string name, string bootstrapServers, Topics topics, Random random, History history, Progress progress)
{
    private const int RecordsBetweenTrims = 80;

    private int _refused;

    public async Task RunAsync(CancellationToken stop)
    {
        using var link = new BrokerLink(bootstrapServers, progress);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await progress.MakeAsync(stop, (Deed.Acknowledged, RecordsBetweenTrims));
                foreach (var place in topics.PlacesOf(topics.Trimmed))
                    await TrimAsync(link, place);
                await BeRefusedAsync(link);
            }
            catch (LinkBrokenException)
            {
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
            }
        }
    }

    /// <summary>Anywhere up to the end, also before where it begins already.</summary>
    private async Task TrimAsync(BrokerLink link, Place place)
    {
        var ends = await link.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(
            new() { ReplicaId = -1, Topics = [new() { Name = place.Topic, Partitions = [new() { PartitionIndex = place.Partition, Timestamp = -1 }] }] }, 7);
        var offset = random.NextInt64(ends.Topics[0].Partitions[0].Offset + 1);
        history.Add(new TrimSent(place, offset));
        var answer = await link.AskAsync<DeleteRecordsRequest, DeleteRecordsResponse>(
            new() { TimeoutMs = 30_000, Topics = [new() { Name = place.Topic, Partitions = [new() { PartitionIndex = place.Partition, Offset = offset }] }] }, 2);
        var partition = answer.Topics[0].Partitions[0];
        Assert.Equal(ErrorCode.None, partition.ErrorCode);
        Assert.True(partition.LowWatermark >= offset, $"{place} begins at {partition.LowWatermark} after it was asked to begin at {offset}");
        history.Add(new TrimAcknowledged(place, partition.LowWatermark));
        progress.Did(Deed.Trimmed);
    }

    private async Task BeRefusedAsync(BrokerLink link)
    {
        var place = topics.LatestPlace(0);
        var value = $"{name}/keyless/{_refused++}";
        history.Add(new Unacceptable(name, place, value));
        var batch = new RecordBatchBuilder().Add(Values.Now, null, Encoding.UTF8.GetBytes(value)).Build();
        var answer = await link.AskAsync<ProduceRequest, ProduceResponse>(
            new() { Acks = -1, TimeoutMs = 30_000, TopicData = [new() { Name = place.Topic, PartitionData = [new() { Index = place.Partition, Records = batch }] }] }, 12);
        Assert.Equal(ErrorCode.InvalidRecord, answer.Responses[0].PartitionResponses[0].ErrorCode);
    }
}
