using MassTransit.LogTransport.Topology;

namespace MassTransit.LogTransport.Configuration;

/// <summary>How a bus keeps and delivers delayed messages; written while the bus is configured, only read afterwards.</summary>
internal sealed class LogSchedulerSettings :
    ILogSchedulerConfigurator
{
    private const int DefaultPartitions = 4;
    private const long DefaultBufferedBytes = 64 * 1024 * 1024;

    public bool Enabled { get; set; } = true;

    public string Topic
    {
        get;
        set => field = TopicName.Checked(value, "Scheduler");
    } = "schedule";

    public int Partitions
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = DefaultPartitions;

    public long MaxBufferedBytes
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = DefaultBufferedBytes;

    public bool UseTransactions { get; set; }

    /// <summary>
    /// What the topic is created with. Compaction leaves a message alone for a while, so that one rescheduled under its old token while that was being
    /// delivered is still there to be kept; segments are short, since the one being written is never compacted and is read at every start.
    /// </summary>
    public static IReadOnlyDictionary<string, string> TopicSettings { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["cleanup.policy"] = "compact",
        ["min.compaction.lag.ms"] = "60000",
        ["min.cleanable.dirty.ratio"] = "0.1",
        ["segment.bytes"] = "67108864",
        ["segment.ms"] = "3600000",
    };
}
