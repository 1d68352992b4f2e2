using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MassTransit.LogTransport.Diagnostics;

/// <summary>The meter <c>MassTransit.LogTransport</c>: what happens between the log and MassTransit's own instruments.</summary>
internal static class LogTransportMetrics
{
    public const string MeterName = "MassTransit.LogTransport";
    private const string Endpoint = "endpoint";
    private const string Topic = "topic";

    private static readonly ConcurrentDictionary<IReceiverGauges, byte> Receivers = new();
    private static readonly ConcurrentDictionary<IScheduleGauges, byte> Schedules = new();
    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Produced =
        Meter.CreateCounter<long>("logtransport.records.produced", "{record}", "Records acknowledged by the broker");

    private static readonly Counter<long> Consumed =
        Meter.CreateCounter<long>("logtransport.records.consumed", "{record}", "Records handled to the end, retries and error topic included");

    private static readonly Counter<long> Dropped =
        Meter.CreateCounter<long>("logtransport.records.dropped", "{record}", "Records of message topics that were not for this endpoint, by reason");

    private static readonly Counter<long> Redispatched =
        Meter.CreateCounter<long>("logtransport.records.redispatched", "{record}", "Attempts to handle a record again because it could not even be moved to the error topic");

    private static readonly Counter<long> Commits =
        Meter.CreateCounter<long>("logtransport.commits", "{commit}", "Offset commits, by outcome");

    private static readonly Counter<long> Transactions =
        Meter.CreateCounter<long>("logtransport.transactions", "{transaction}", "Transactions of endpoints that use them, by outcome");

    private static readonly Counter<long> Rebalances =
        Meter.CreateCounter<long>("logtransport.rebalances", "{rebalance}", "Changes of the partitions an endpoint reads, by kind");

    private static readonly Counter<long> SchedulesDelivered =
        Meter.CreateCounter<long>("logtransport.schedule.delivered", "{message}", "Delayed messages delivered by this process");

    private static readonly Counter<long> SchedulesCancelled =
        Meter.CreateCounter<long>("logtransport.schedule.cancelled", "{message}", "Delayed messages of this process' partitions that were cancelled in time");

    private static readonly Counter<long> SchedulesFailed =
        Meter.CreateCounter<long>("logtransport.schedule.failed", "{attempt}", "Attempts to deliver a delayed message that failed and will be made again");

    private static readonly Histogram<double> ScheduleLateness =
        Meter.CreateHistogram<double>("logtransport.schedule.lateness", "s", "Time between when a delayed message was due and when it was delivered");

    static LogTransportMetrics()
    {
        Meter.CreateObservableGauge("logtransport.schedule.pending", () => ObserveSchedules(x => x.PendingMessages), "{message}", "Delayed messages that wait in this process' partitions");
        Meter.CreateObservableGauge("logtransport.schedule.partitions", () => ObserveSchedules(x => x.OwnedPartitions), "{partition}", "Partitions of the schedule that are this process'");
        Meter.CreateObservableGauge("logtransport.schedule.buffered", () => ObserveSchedules(x => x.BufferedBytes), "By", "Memory that delayed messages take in this process");
        Meter.CreateObservableGauge("logtransport.partitions.paused", () => Observe(x => x.PausedPartitions), "{partition}", "Partitions paused because their window is full");
        Meter.CreateObservableGauge("logtransport.records.inflight", () => Observe(x => x.RecordsInFlight), "{record}", "Records read and not finished");
        Meter.CreateObservableGauge("logtransport.lag", () => Observe(x => x.Lag), "{record}", "Records behind the end of the assigned partitions, as last told by the broker");
    }

    public static void RecordProduced(string topic) => Produced.Add(1, new KeyValuePair<string, object?>(Topic, topic));

    public static void RecordConsumed(string endpoint, string topic) => Consumed.Add(1, new TagList { { Endpoint, endpoint }, { Topic, topic } });

    public static void RecordDropped(string endpoint, string topic, string reason)
    {
        Dropped.Add(1, new TagList { { Endpoint, endpoint }, { Topic, topic }, { "reason", reason } });
    }

    public static void RecordRedispatched(string endpoint) => Redispatched.Add(1, new KeyValuePair<string, object?>(Endpoint, endpoint));

    public static void Committed(string endpoint, bool failed)
    {
        Commits.Add(1, new TagList { { Endpoint, endpoint }, { "outcome", failed ? "failed" : "committed" } });
    }

    public static void Transaction(string endpoint, bool isCommitted)
    {
        Transactions.Add(1, new TagList { { Endpoint, endpoint }, { "outcome", isCommitted ? "committed" : "aborted" } });
    }

    public static void Rebalanced(string endpoint, string kind) => Rebalances.Add(1, new TagList { { Endpoint, endpoint }, { "kind", kind } });

    public static void ScheduleDelivered(string topic, TimeSpan lateness)
    {
        SchedulesDelivered.Add(1, new KeyValuePair<string, object?>(Topic, topic));
        ScheduleLateness.Record(lateness.TotalSeconds, new KeyValuePair<string, object?>(Topic, topic));
    }

    public static void ScheduleCancelled(string topic) => SchedulesCancelled.Add(1, new KeyValuePair<string, object?>(Topic, topic));

    public static void ScheduleFailed(string topic) => SchedulesFailed.Add(1, new KeyValuePair<string, object?>(Topic, topic));

    public static void Add(IScheduleGauges schedule) => Schedules.TryAdd(schedule, 0);

    public static void Remove(IScheduleGauges schedule) => Schedules.TryRemove(schedule, out _);

    public static void Add(IReceiverGauges receiver) => Receivers.TryAdd(receiver, 0);

    public static void Remove(IReceiverGauges receiver) => Receivers.TryRemove(receiver, out _);

    private static IEnumerable<Measurement<long>> ObserveSchedules(Func<IScheduleGauges, long> read)
    {
        return Schedules.Keys.Select(x => new Measurement<long>(read(x), new KeyValuePair<string, object?>(Topic, x.Topic))).ToArray();
    }

    private static IEnumerable<Measurement<long>> Observe(Func<IReceiverGauges, long> read)
    {
        return Receivers.Keys.Select(x => new Measurement<long>(read(x), new KeyValuePair<string, object?>(Endpoint, x.EndpointName))).ToArray();
    }
}

/// <summary>What a running endpoint can be asked at any time, on any thread.</summary>
internal interface IReceiverGauges
{
    string EndpointName { get; }
    long PausedPartitions { get; }
    long RecordsInFlight { get; }
    long Lag { get; }
}

/// <summary>What a process' share of the schedule can be asked at any time, on any thread.</summary>
internal interface IScheduleGauges
{
    string Topic { get; }
    long OwnedPartitions { get; }
    long PendingMessages { get; }
    long BufferedBytes { get; }
}
