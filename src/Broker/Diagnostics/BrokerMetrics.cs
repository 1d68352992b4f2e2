using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Broker.Authorization;
using Broker.Protocol;
using Broker.Quotas;
using Broker.Storage;
using Broker.Topics;

namespace Broker.Diagnostics;

/// <summary>Every instrument of one broker. Meter name: <c>Broker</c>. Safe for use by any thread.</summary>
internal sealed class BrokerMetrics : IDisposable
{
    public const string MeterName = "Broker";

    private static readonly KeyValuePair<string, object?> BySendfile = new("path", "sendfile");
    private static readonly KeyValuePair<string, object?> ByCopy = new("path", "copy");

    /// <summary>A name made anew for each request would be an object for each.</summary>
    private static readonly FrozenDictionary<ApiKey, KeyValuePair<string, object?>> ByApi =
        Enum.GetValues<ApiKey>().Distinct().ToFrozenDictionary(api => api, api => new KeyValuePair<string, object?>("request", api.ToString()));

    private readonly Counter<long> _requests;
    private readonly Counter<long> _errors;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _fetchBytes;
    private readonly Counter<long> _produceBatches;
    private readonly Counter<long> _denials;
    private readonly Histogram<double> _throttles;

    public BrokerMetrics(TimeProvider time)
    {
        Connections = new ConnectionMetrics(Meter);
        Cleaner = new CleanerMetrics(Meter, time);
        _requests = Meter.CreateCounter<long>("kafka.network.requestmetrics.requests", "{request}", "Requests answered, by API.");
        _errors = Meter.CreateCounter<long>("kafka.network.requestmetrics.errors", "{error}", "Error codes in answers, by API and code.");
        _duration = Meter.CreateHistogram<double>("broker.request.duration", "s", "From the whole request received to its answer ready to send, by API.");
        _fetchBytes = Meter.CreateCounter<long>("broker.fetch.bytes", "By", "Bytes of records sent, by the path they took: sendfile or copy.");
        _produceBatches = Meter.CreateCounter<long>("broker.produce.batches", "{batch}", "Record batches appended for clients.");
        _throttles = Meter.CreateHistogram<double>("broker.throttle.time", "s", "For how long a client over its quota was not listened to, by quota.");
        _denials = Meter.CreateCounter<long>("broker.authorization.denied", "{denial}", "Operations denied to clients, by kind of resource and operation.");
    }

    public Meter Meter { get; } = new(MeterName);

    public ConnectionMetrics Connections { get; }

    public CleanerMetrics Cleaner { get; }

    /// <summary>Adds the gauges of what the broker holds.</summary>
    public void Observe(TopicCatalog topics, LogFlusher flusher, string directory, Func<IReadOnlyList<GroupDescription>> groups)
    {
        new KafkaMetrics(Meter, topics).Register();
        new GroupMetrics(Meter, groups).Register();
        Cleaner.Observe(Meter, directory);
        Meter.CreateObservableCounter(
            "kafka.log.logflushstats.logflushrateandtimems.count", () => flusher.FlushCount, "{fsync}", "Logs brought to disk because somebody waited.");
        Meter.CreateObservableCounter("broker.fsync.rounds", () => flusher.RoundCount, "{round}", "Rounds of group commit: all who wait share one.");
        Meter.CreateObservableCounter("broker.fsync.time", () => flusher.FlushTime.TotalSeconds, "s", "Time spent in fsyncs.");
    }

    public void Requested(ApiKey api, TimeSpan duration)
    {
        var tag = ByApi[api];
        _requests.Add(1, tag);
        _duration.Record(duration.TotalSeconds, tag);
    }

    public void Failed(ApiKey api, ErrorCode error) => _errors.Add(1, ByApi[api], new("error", error.KafkaName()));

    public void Denied(ResourceType resource, AclOperation operation) =>
        _denials.Add(1, new("resource", resource.ToString()), new("operation", operation.ToString()));

    public void Throttled(QuotaKey quota, int milliseconds) =>
        _throttles.Record(milliseconds / 1000.0, new KeyValuePair<string, object?>("quota", quota.Name()));

    public void SentByKernel(long bytes) => _fetchBytes.Add(bytes, BySendfile);

    public void SentByCopy(long bytes) => _fetchBytes.Add(bytes, ByCopy);

    public void Appended() => _produceBatches.Add(1);

    public void Dispose() => Meter.Dispose();
}
