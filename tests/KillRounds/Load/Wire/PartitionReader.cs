using Broker.Protocol;
using Broker.Protocol.Messages;
using KillRounds.Histories;

namespace KillRounds.Load.Wire;

/// <summary>Reads committed records of given partitions from where their group is, by topic id.</summary>
internal sealed class PartitionReader(string group, Guid topicId, IReadOnlyList<Place> places, BrokerLink link)
{
    private const int MaxWaitMs = 100;
    private const sbyte ReadCommitted = 1;

    private readonly Dictionary<Place, long> _next = [];

    /// <summary>Takes the group's positions; waits where a transaction is about to change them.</summary>
    public async Task BeginAsync(CancellationToken stop)
    {
        var request = new OffsetFetchRequest
        {
            RequireStable = true,
            Groups =
            [
                new() { GroupId = group, Topics = [new() { Name = places[0].Topic, PartitionIndexes = [.. places.Select(p => p.Partition)] }] },
            ],
        };
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var answer = (await link.AskUntilAnsweredAsync<OffsetFetchRequest, OffsetFetchResponse>(request, 9, stop)).Groups[0];
            var partitions = answer.Topics.SelectMany(t => t.Partitions).ToList();
            if (answer.ErrorCode != ErrorCode.None || partitions.Any(p => p.ErrorCode != ErrorCode.None))
                continue;
            foreach (var partition in partitions)
                GoTo(places.Single(p => p.Partition == partition.PartitionIndex), Math.Max(0, partition.CommittedOffset));
            return;
        }
    }

    public void GoTo(Place place, long offset) => _next[place] = offset;

    /// <summary>The next records, at most so many; what was left out comes with the next call.</summary>
    public async Task<List<(Place Place, long Offset, string Value)>> ReadAsync(int most, CancellationToken stop)
    {
        var request = new FetchRequest
        {
            MaxWaitMs = MaxWaitMs,
            MinBytes = 1,
            MaxBytes = 1 << 20,
            IsolationLevel = ReadCommitted,
            Topics =
            [
                new() { TopicId = topicId, Partitions = [.. places.Select(p => new FetchRequest.FetchPartition { Partition = p.Partition, FetchOffset = _next[p], PartitionMaxBytes = 1 << 18 })] },
            ],
        };
        var answer = await link.AskUntilAnsweredAsync<FetchRequest, FetchResponse>(request, 17, stop);
        var read = new List<(Place Place, long Offset, string Value)>();
        foreach (var data in answer.Responses.SelectMany(r => r.Partitions).Where(p => p.ErrorCode == ErrorCode.None))
        {
            var place = places.Single(p => p.Partition == data.PartitionIndex);
            var records = CommittedRecords.Of(data, _next[place], out var next);
            var taken = records.Take(most - read.Count).ToList();
            read.AddRange(taken.Select(r => (place, r.Offset, r.Value)));
            if (taken.Count == records.Count)
                GoTo(place, next);
            else if (taken.Count > 0)
                GoTo(place, taken[^1].Offset + 1);
        }

        return read;
    }
}
