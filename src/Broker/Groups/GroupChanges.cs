using Microsoft.Extensions.Logging;

namespace Broker.Groups;

/// <summary>Where a group stood before an event, to say once what the event changed.</summary>
internal readonly record struct GroupChanges(GroupState State, int Generation, int Epoch, bool IsConsumer)
{
    public static GroupChanges Before(Group group) =>
        new(group.State, group.Generation, group.Consumer?.State.Epoch ?? 0, group.Consumer is not null);

    /// <summary>What a step of the event decided.</summary>
    public void Log(ILogger logger, Group group, Decision step)
    {
        if (step.Reason != RebalanceReason.None)
            logger.RebalanceStarted(group.Id, Generation, step.Reason);
        foreach (var (member, missed) in step.Fenced)
            logger.Fenced(member.Id, group.Id, missed);
    }

    /// <summary>Offsets that changed by no commit of the group's own, once that is so.</summary>
    public static void LogOffsets(ILogger logger, Group group, Decision decision)
    {
        if (decision.Offsets != OffsetsReason.None && decision.Records.OfType<OffsetRecord>().ToList() is { Count: > 0 } offsets)
            logger.OffsetsChanged(group.Id, offsets.Count, decision.Offsets, offsets[0].Partition.Topic, offsets[0].Partition.Partition, offsets[0].Value?.Offset ?? -1);
    }

    /// <summary>What the group has become.</summary>
    public void Log(ILogger logger, Group group)
    {
        if (group.Consumer is { State: var consumer })
        {
            if (!IsConsumer)
                logger.Upgraded(group.Id);
            if (consumer.Epoch != Epoch)
                logger.EpochRaised(group.Id, consumer.Epoch, consumer.Members.Count, consumer.Name);
            return;
        }

        if (IsConsumer)
            logger.Downgraded(group.Id);
        if (group.State == State && group.Generation == Generation)
            return;

        if (group.State == GroupState.Stable)
            logger.Stabilized(group.Id, group.Generation, group.Roster.Count, group.Protocol);
        else if (group.State == GroupState.Empty)
            logger.Emptied(group.Id, group.Generation);
        else if (group.State == GroupState.Dead && Generation > 0)
            logger.Ended(group.Id);
    }
}
