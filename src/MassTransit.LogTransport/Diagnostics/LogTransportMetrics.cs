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

    private static readonly Counter<long> Rebalances =
        Meter.CreateCounter<long>("logtransport.rebalances", "{rebalance}", "Changes of the partitions an endpoint reads, by kind");

    static LogTransportMetrics()
    {
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

    public static void Rebalanced(string endpoint, string kind) => Rebalances.Add(1, new TagList { { Endpoint, endpoint }, { "kind", kind } });

    public static void Add(IReceiverGauges receiver) => Receivers.TryAdd(receiver, 0);

    public static void Remove(IReceiverGauges receiver) => Receivers.TryRemove(receiver, out _);

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
