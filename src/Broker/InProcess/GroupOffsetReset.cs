using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.InProcess;

/// <summary>Plans the moves of a reset, and commits them unless it was only asked for the plan.</summary>
internal sealed class GroupOffsetReset(LocalCalls calls, BrokerServer server, BrokerRecords records)
{
    private static readonly string[] WithoutMembers = ["Empty", "Dead"];

    public async Task<IReadOnlyList<OffsetMove>> RunAsync(string groupId, OffsetReset reset, bool dryRun, CancellationToken ct)
    {
        var group = server.DescribeGroups().FirstOrDefault(g => g.Id == groupId);
        if (group is not null && !WithoutMembers.Contains(group.State))
            throw Active(groupId);

        var committed = group?.Offsets.ToDictionary(o => (o.Topic, o.Partition), o => o.CommittedOffset) ?? [];
        var moves = new List<OffsetMove>();
        foreach (var (topic, partitions) in Targets(groupId, reset, committed.Keys))
            moves.AddRange(await PlanAsync(topic, partitions, reset, committed, ct).ConfigureAwait(false));
        if (!dryRun && moves.Count > 0)
            await CommitAsync(groupId, moves, ct).ConfigureAwait(false);
        return moves;
    }

    private List<(string Topic, IReadOnlyList<int> Partitions)> Targets(
        string groupId, OffsetReset reset, IReadOnlyCollection<(string Topic, int Partition)> committed)
    {
        if (reset.Topic is null)
        {
            return committed.Count > 0
                ? [.. committed.GroupBy(c => c.Topic, StringComparer.Ordinal).OrderBy(t => t.Key, StringComparer.Ordinal)
                    .Select(t => (t.Key, (IReadOnlyList<int>)[.. t.Select(c => c.Partition).Order()]))]
                : throw new BrokerRequestException(ErrorCode.GroupIdNotFound, $"Group '{groupId}' has committed nothing yet; name a topic.");
        }

        if (!server.Topics.TryFind(reset.Topic, out var topic))
            throw new BrokerRequestException(ErrorCode.UnknownTopicOrPartition, $"Topic '{reset.Topic}' does not exist.");
        return [(reset.Topic, reset.Partitions is { } chosen ? [.. chosen.Distinct().Order()] : [.. Enumerable.Range(0, topic.Partitions.Count)])];
    }

    private async Task<IEnumerable<OffsetMove>> PlanAsync(
        string topic, IReadOnlyList<int> partitions, OffsetReset reset, Dictionary<(string, int), long> committed, CancellationToken ct)
    {
        var starts = await records.FindOffsetsAsync(topic, partitions, OffsetPlace.Earliest, ct).ConfigureAwait(false);
        var ends = await records.FindOffsetsAsync(topic, partitions, OffsetPlace.Latest, ct).ConfigureAwait(false);
        var atTime = reset.Kind == OffsetResetKind.Time
            ? await records.FindOffsetsAsync(topic, partitions, OffsetPlace.At(reset.Time), ct).ConfigureAwait(false)
            : starts;

        var moves = new List<OffsetMove>();
        for (var i = 0; i < partitions.Count; i++)
        {
            var from = committed.GetValueOrDefault((topic, partitions[i]), -1);
            if (from < 0 && reset.Kind == OffsetResetKind.Shift)
                continue;

            var to = reset.Kind switch
            {
                OffsetResetKind.Earliest => starts[i].Offset,
                OffsetResetKind.Latest => ends[i].Offset,
                OffsetResetKind.Time => atTime[i].Offset,
                OffsetResetKind.Offset => reset.Number,
                _ => Shift(from, reset.Number),
            };
            moves.Add(new OffsetMove(topic, partitions[i], from, Math.Clamp(to, starts[i].Offset, ends[i].Offset)));
        }

        return moves;
    }

    /// <summary>The group is asked once more, under its lock: a member may have come meanwhile.</summary>
    private async Task CommitAsync(string groupId, List<OffsetMove> moves, CancellationToken ct)
    {
        var request = new OffsetCommitRequest
        {
            GroupId = groupId,
            Topics = [.. moves.GroupBy(m => m.Topic, StringComparer.Ordinal).Select(topic => new OffsetCommitRequest.OffsetCommitRequestTopic
            {
                Name = topic.Key,
                Partitions = [.. topic.Select(m => new OffsetCommitRequest.OffsetCommitRequestPartition
                {
                    PartitionIndex = m.Partition,
                    CommittedOffset = m.To,
                })],
            })],
        };
        var response = await calls.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(request, version: 8, ct).ConfigureAwait(false);
        foreach (var partition in response.Topics.SelectMany(t => t.Partitions))
        {
            if (partition.ErrorCode is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration or ErrorCode.StaleMemberEpoch)
                throw Active(groupId);
            BrokerRequestException.ThrowIfError(partition.ErrorCode);
        }
    }

    private static long Shift(long from, long by) => by > 0 && from > long.MaxValue - by ? long.MaxValue : from + by;

    private static BrokerRequestException Active(string groupId) =>
        new(ErrorCode.NonEmptyGroup, $"Group '{groupId}' is active: its members would go on from where they are. Stop them first.");
}
