using System.Collections.Concurrent;
using Broker.Groups.Consumer;
using Broker.Protocol;
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
    private readonly ConcurrentDictionary<int, bool> _unread = [];
    private readonly JoinBudget _budget = new(settings.MaxMetadataBytes);
    private readonly long _started = time.GetTimestamp();

    public IEnumerable<string> Ids => _groups.Keys;

    /// <summary>Some groups are not known.</summary>
    public bool HasUnread => !_unread.IsEmpty;

    private TimeSpan Now => time.GetElapsedTime(_started);

    /// <summary>Replays what was stored; only before the first request.</summary>
    /// <param name="isGone">Says of a topic that what was committed for it is to be forgotten.</param>
    public void Load(Func<string, bool> isGone)
    {
        for (var partition = 0; partition < log.PartitionCount; partition++)
            TryLoad(partition, isGone);
        if (!_groups.IsEmpty)
            logger.Loaded(_groups.Count, _groups.Values.Sum(timed => timed.Group.Offsets.Count));
    }

    /// <summary>
    /// Replays what was stored in one partition. When it cannot be read none of its groups is served, and nothing is appended there, until it
    /// is replayed whole; other partitions are no concern of it.
    /// </summary>
    public bool TryLoad(int partition, Func<string, bool> isGone)
    {
        _unread.TryAdd(partition, true);
        if (!log.IsOnline(partition))
            return false;

        var read = new OffsetsPartition(log, _budget);
        var groups = new Dictionary<string, TimedGroup>(StringComparer.Ordinal);
        try
        {
            var unknown = PartitionReplay.Run(log.ReadBatches(partition), read, id => (groups.TryGetValue(id, out var known) ? known : groups[id] = Make(id, read)).Group);
            if (unknown > 0)
                logger.UnknownRecords(unknown, partition);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            foreach (var timed in groups.Values)
            {
                timed.Group.Roster.Clear();
                timed.Dispose();
            }

            logger.PartitionUnreadable(e, partition);
            return false;
        }

        _partitions[partition] = read;
        lock (read.Gate)
        {
            foreach (var (id, timed) in groups)
            {
                _groups[id] = timed;
                GroupReplay.StartSessions(timed.Group, Now);
                Settle(timed);
            }
        }

        foreach (var timed in groups.Values)
            TryStep(timed, (group, decision) => group.ForgetTopics(isGone, decision));
        _unread.TryRemove(partition, out _);
        return true;
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
    /// <exception cref="IOException">Nothing was written, and nothing has changed.</exception>
    public long EndTransaction(int partition, TransactionalProducer producer, bool commit, int coordinatorEpoch)
    {
        if (_unread.ContainsKey(partition))
            throw new IOException($"Partition {partition} of the offsets topic was not read: nothing is added to it.");

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

    public bool IsOnline(string groupId) => log.PartitionCount == 0 || IsOnline(PartitionOf(groupId));

    public Task FlushAsync(string groupId, long upToOffset) => log.FlushAsync(PartitionOf(groupId), upToOffset);

    public void Dispose()
    {
        foreach (var timed in _groups.Values)
            timed.Dispose();
    }

    public int PartitionOf(string groupId) => OffsetsTopic.PartitionFor(groupId, log.PartitionCount);

    private OffsetsPartition PartitionAt(int partition) => _partitions.GetOrAdd(partition, _ => new OffsetsPartition(log, _budget));

    private bool IsOnline(int partition) => !_unread.ContainsKey(partition) && log.IsOnline(partition);

    private TimedGroup Make(string groupId) => Make(groupId, PartitionAt(PartitionOf(groupId)));

    private TimedGroup Make(string groupId, OffsetsPartition partition) => new(new Group(groupId, settings, topics, partition), OnDeadline, time);

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
                if (GroupBatch.Write(decision.Records, decision.TimestampMs, decision.Transaction, log.MaxBatchBytes) is not { } batches)
                {
                    logger.TooLarge(group.Id, log.MaxBatchBytes);
                    TakeBack(group, decision, ErrorCode.UnknownServerError);
                    return false;
                }

                end = log.Append(PartitionOf(group.Id), batches);
            }
            catch (Exception e)
            {
                // Whatever kept the records from being written, nothing decided with them may be told.
                logger.AppendFailed(e, group.Id);
                TakeBack(group, decision, ErrorCode.CoordinatorNotAvailable);
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
            GroupChanges.LogOffsets(logger, group, decision);
        }

        decision.Release(group.DurableOffset);
        return true;
    }

    private static void TakeBack(Group group, Decision decision, ErrorCode error)
    {
        if (decision.Records.Exists(r => r is GenerationRecord))
            GroupReplay.Revert(group, decision);
        decision.Fail(error);
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
}
