using System.Collections.Concurrent;
using Broker.Groups.Consumer;
using Broker.Protocol;
using Broker.Records;
using Microsoft.Extensions.Logging;

namespace Broker.Groups;

/// <summary>
/// Keeps the groups and takes each through its events: under its partition's lock, decide, append the records, replay them, let
/// the answers go. The lock is a group's one owner: an event is some microseconds and one write to the page cache, and whoever
/// waits for the lock is a request that its connection already bounds, so there is no queue to bound. Nobody waits for the disk
/// under the lock: an answer carries the offset that must be flushed before it is sent. Safe for use by any thread.
/// </summary>
internal sealed class GroupRunner(IOffsetsLog log, GroupSettings settings, ITopicsView topics, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, TimedGroup> _groups = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, OffsetsPartition> _partitions = [];
    private readonly long _started = time.GetTimestamp();

    public IEnumerable<string> Ids => _groups.Keys;

    private TimeSpan Now => time.GetElapsedTime(_started);

    /// <summary>Replays what was stored; only before the first request.</summary>
    public void Load()
    {
        for (var partition = 0; partition < log.PartitionCount; partition++)
        {
            foreach (var batch in log.ReadBatches(partition))
                Replay(batch.Span, partition);
        }

        var offsets = 0;
        foreach (var timed in _groups.Values)
        {
            lock (timed.Group.Gate)
            {
                GroupReplay.StartSessions(timed.Group, Now);
                offsets += timed.Group.Offsets.Count;
                Settle(timed);
            }
        }

        if (!_groups.IsEmpty)
            logger.Loaded(_groups.Count, offsets);
    }

    /// <summary>Runs one event of an existing group. False when there is no such group.</summary>
    public bool TryRun(string groupId, Action<Group, Decision> decide)
    {
        while (_groups.TryGetValue(groupId, out var timed))
        {
            if (TryStep(timed, decide))
                return true;
        }

        return false;
    }

    /// <summary>Runs one event of a group that is made when there is none; without anything to keep it goes again.</summary>
    public void Run(string groupId, Action<Group, Decision> decide)
    {
        while (!TryStep(_groups.GetOrAdd(groupId, Make), decide))
        {
        }
    }

    /// <summary>Ends a producer's transaction in one partition: the marker is appended and what was pending is committed or forgotten.</summary>
    /// <returns>The offset behind the marker, up to which the partition must be flushed before anybody hears of it; -1 when the producer is fenced.</returns>
    public long EndTransaction(int partition, TransactionalProducer producer, bool commit, int coordinatorEpoch)
    {
        var shared = PartitionAt(partition);
        lock (shared.Gate)
        {
            var end = log.AppendMarker(partition, producer, commit, coordinatorEpoch);
            if (end < 0)
                return end;

            foreach (var group in GroupReplay.EndTransaction(shared, producer.Id, commit))
            {
                group.DurableOffset = end;
                if (_groups.TryGetValue(group.Id, out var timed) && timed.Group == group)
                    Settle(timed);
            }

            return end;
        }
    }

    public bool IsOnline(string groupId) => log.PartitionCount == 0 || log.IsOnline(PartitionOf(groupId));

    public Task FlushAsync(string groupId, long upToOffset) => log.FlushAsync(PartitionOf(groupId), upToOffset);

    public void Dispose()
    {
        foreach (var timed in _groups.Values)
            timed.Dispose();
    }

    public int PartitionOf(string groupId) => OffsetsTopic.PartitionFor(groupId, log.PartitionCount);

    private OffsetsPartition PartitionAt(int partition) => _partitions.GetOrAdd(partition, _ => new OffsetsPartition());

    private TimedGroup Make(string groupId) => new(new Group(groupId, settings, topics, PartitionAt(PartitionOf(groupId))), OnDeadline, time);

    private void OnDeadline(TimedGroup timed) => TryStep(timed, (group, decision) =>
    {
        timed.NoteFired();
        group.Expire(decision);
    });

    /// <summary>False when the group is dead: another one may have taken its name.</summary>
    private bool TryStep(TimedGroup timed, Action<Group, Decision> decide)
    {
        var group = timed.Group;
        lock (group.Gate)
        {
            if (group.State == GroupState.Dead)
                return false;

            var decision = new Decision(Now, time.GetUtcNow().ToUnixTimeMilliseconds());
            var changes = GroupChanges.Before(group);
            decide(group, decision);
            for (var step = decision; step is not null; step = Commit(group, step) ? step.Continue(group) : null)
                changes.Log(logger, group, step);
            Settle(timed);
            changes.Log(logger, group);
            return true;
        }
    }

    /// <summary>False when nothing that was decided is so.</summary>
    private bool Commit(Group group, Decision decision)
    {
        if (decision.Records.Count > 0)
        {
            long end;
            try
            {
                end = log.Append(PartitionOf(group.Id), GroupBatch.Write(decision.Records, decision.TimestampMs, decision.Transaction));
            }
            catch (Exception e)
            {
                // Whatever kept the records from being written, nothing decided with them may be told.
                logger.AppendFailed(e, group.Id);
                if (decision.Records.Exists(r => r is GenerationRecord))
                    GroupReplay.Revert(group, decision);
                decision.Fail(ErrorCode.CoordinatorNotAvailable);
                return false;
            }

            if (end < 0)
            {
                decision.Fail(ErrorCode.InvalidProducerEpoch);
                return false;
            }

            group.DurableOffset = end;
            var offset = end - decision.Records.Count;
            foreach (var record in decision.Records)
                GroupReplay.Apply(group, record, offset++, decision.Transaction?.Id ?? -1);
        }

        decision.Release(group.DurableOffset);
        return true;
    }

    /// <summary>A group with nothing in it goes; any other is woken for its next deadline.</summary>
    private void Settle(TimedGroup timed)
    {
        var group = timed.Group;
        if (group.HoldsNothing)
            group.Enter(GroupState.Dead, group.StateTimestampMs);

        if (group.State == GroupState.Dead)
        {
            _groups.TryRemove(KeyValuePair.Create(group.Id, timed));
            timed.Dispose();
        }
        else
        {
            timed.WakeAt(group.Wake, Now);
        }
    }

    private void Replay(ReadOnlySpan<byte> batch, int partition)
    {
        try
        {
            RecordBatchHeader.TryRead(batch, out var header);
            if (header.IsControl)
            {
                if (GroupBatch.ReadMarker(batch) is { } commit)
                    GroupReplay.EndTransaction(PartitionAt(partition), header.ProducerId, commit);
                return;
            }

            foreach (var (record, offset) in GroupBatch.Read(batch))
            {
                var timed = _groups.GetOrAdd(record.GroupId, Make);
                GroupReplay.Apply(timed.Group, record, offset, header.IsTransactional ? header.ProducerId : -1);
            }
        }
        catch (InvalidDataException e)
        {
            // Kafka's tools of another version may have written it; the groups of all other batches are still good.
            logger.UnreadableBatch(e, partition);
        }
    }
}
