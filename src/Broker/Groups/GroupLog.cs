using Microsoft.Extensions.Logging;

namespace Broker.Groups;

/// <summary>Every log message about groups.</summary>
internal static partial class GroupLog
{
    [LoggerMessage(101, LogLevel.Information, "Group {Group} rebalances from generation {Generation}: {Reason}.")]
    public static partial void RebalanceStarted(this ILogger logger, string group, int generation, RebalanceReason reason);

    [LoggerMessage(102, LogLevel.Information, "Group {Group} is stable in generation {Generation} with {Members} members by {Protocol}.")]
    public static partial void Stabilized(this ILogger logger, string group, int generation, int members, string? protocol);

    [LoggerMessage(103, LogLevel.Information, "Group {Group} is empty in generation {Generation}.")]
    public static partial void Emptied(this ILogger logger, string group, int generation);

    [LoggerMessage(104, LogLevel.Information, "Group {Group} is gone.")]
    public static partial void Ended(this ILogger logger, string group);

    [LoggerMessage(111, LogLevel.Information, "Group {Group} speaks the consumer protocol from now on.")]
    public static partial void Upgraded(this ILogger logger, string group);

    [LoggerMessage(112, LogLevel.Information, "Group {Group} speaks the classic protocol again.")]
    public static partial void Downgraded(this ILogger logger, string group);

    [LoggerMessage(113, LogLevel.Information, "Group {Group} is in epoch {Epoch} with {Members} members: {State}.")]
    public static partial void EpochRaised(this ILogger logger, string group, int epoch, int members, string state);

    [LoggerMessage(114, LogLevel.Information, "Member {Member} is out of group {Group}: {Missed}.")]
    public static partial void Fenced(this ILogger logger, string member, string group, string missed);

    [LoggerMessage(115, LogLevel.Information, "Group {Group}: {Count} offsets changed by no commit of its members ({Reason}); the first is {Topic}-{Partition}, now at {Offset}.")]
    public static partial void OffsetsChanged(this ILogger logger, string group, int count, OffsetsReason reason, string topic, int partition, long offset);

    [LoggerMessage(105, LogLevel.Error, "Group {Group} could not be written and went back to what is stored.")]
    public static partial void AppendFailed(this ILogger logger, Exception exception, string group);

    [LoggerMessage(106, LogLevel.Error, "Offsets of group {Group} are not on disk; its requests are refused.")]
    public static partial void FlushFailed(this ILogger logger, Exception exception, string group);

    [LoggerMessage(107, LogLevel.Information, "{Groups} groups with {Offsets} offsets loaded.")]
    public static partial void Loaded(this ILogger logger, int groups, int offsets);

    [LoggerMessage(108, LogLevel.Error, "Partition {Partition} of the offsets topic cannot be read: its groups are not served, and nothing is added to it, until that is repaired and the broker started again. All other partitions are served.")]
    public static partial void PartitionUnreadable(this ILogger logger, Exception exception, int partition);

    [LoggerMessage(110, LogLevel.Warning, "Group {Group}: a request is refused, for what would be stored of it does not fit into a batch of the offsets topic, which has at most {MaxBytes} bytes (max.message.bytes).")]
    public static partial void TooLarge(this ILogger logger, string group, int maxBytes);

    [LoggerMessage(109, LogLevel.Warning, "{Records} records in partition {Partition} of the offsets topic are of kinds that this broker does not use, written by a newer one or by Apache Kafka; they are passed over.")]
    public static partial void UnknownRecords(this ILogger logger, int records, int partition);
}
