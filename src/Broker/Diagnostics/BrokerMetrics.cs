using System.Diagnostics.Metrics;
using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Quotas;
using Broker.Storage;
using Broker.Storage.Compaction;
using Broker.Topics;

namespace Broker.Diagnostics;

/// <summary>Every instrument of one broker. Meter name: <c>Broker</c>. Safe for use by any thread.</summary>
internal sealed class BrokerMetrics : IDisposable
{
    public const string MeterName = "Broker";

    private static readonly KeyValuePair<string, object?> BytesRead = new("direction", "read");
    private static readonly KeyValuePair<string, object?> BytesWritten = new("direction", "written");
    private static readonly KeyValuePair<string, object?> BySendfile = new("path", "sendfile");
    private static readonly KeyValuePair<string, object?> ByCopy = new("path", "copy");

    private readonly Counter<long> _requests;
    private readonly Counter<long> _errors;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _fetchBytes;
    private readonly Counter<long> _produceBytes;
    private readonly Counter<long> _produceBatches;
    private readonly Counter<long> _compactedBytes;
    private readonly Histogram<double> _compactionDuration;
    private double _bufferUtilization;
    private double _maxDirtyRatio;
    private int _uncleanable;
    private readonly Counter<long> _denials;
    private readonly Histogram<double> _throttles;

    public BrokerMetrics(TimeProvider time)
    {
        Fetched = new Traffic(time);
        Authentication = new AuthenticationMetrics(Meter);
        _requests = Meter.CreateCounter<long>("kafka.network.requestmetrics.requests", "{request}", "Requests answered, by API.");
        _errors = Meter.CreateCounter<long>("kafka.network.requestmetrics.errors", "{error}", "Error codes in answers, by API and code.");
        _duration = Meter.CreateHistogram<double>("broker.request.duration", "s", "From the whole request received to its answer ready to send, by API.");
        _connections = Meter.CreateUpDownCounter<long>("broker.connections", "{connection}", "Open connections.");
        _closed = Meter.CreateCounter<long>("broker.connections.closed", "{connection}", "Connections ended, by reason.");
        _fetchBytes = Meter.CreateCounter<long>("broker.fetch.bytes", "By", "Bytes of records sent, by the path they took: sendfile or copy.");
        _produceBytes = Meter.CreateCounter<long>("broker.produce.bytes", "By", "Bytes of record batches appended.");
        _compactedBytes = Meter.CreateCounter<long>("broker.log.cleaner.bytes", "By", "Bytes of segments that compaction read, and that it wrote in their place.");
        _compactionDuration = Meter.CreateHistogram<double>("broker.log.cleaner.duration", "s", "From the first look at a log to its compacted segments in place.");
        Meter.CreateObservableGauge("broker.log.cleaner.buffer.utilization", () => Volatile.Read(ref _bufferUtilization), "1", "How full the last compaction's buffer of keys became.");
        Meter.CreateObservableGauge("broker.log.cleaner.max.dirty.ratio", () => Volatile.Read(ref _maxDirtyRatio), "1", "The largest share of dirty bytes of any log to be compacted.");
        Meter.CreateObservableGauge("broker.log.cleaner.uncleanable.partitions", () => Volatile.Read(ref _uncleanable), "{partition}", "Partitions that are not compacted because they have damaged records.");
        _produceBatches = Meter.CreateCounter<long>("broker.produce.batches", "{batch}", "Record batches appended.");
        _throttles = Meter.CreateHistogram<double>("broker.throttle.time", "s", "For how long a client over its quota was not listened to, by quota.");
        _denials = Meter.CreateCounter<long>("broker.authorization.denied", "{denial}", "Operations denied to clients, by kind of resource and operation.");
    }

    public Meter Meter { get; } = new(MeterName);

    public AuthenticationMetrics Authentication { get; }

    /// <summary>What all connections have got, by topic.</summary>
    public Traffic Fetched { get; }

    /// <summary>Adds the gauges of what the broker holds.</summary>
    public void Observe(TopicCatalog topics, LogFlusher flusher, Func<IReadOnlyList<GroupDescription>> groups)
    {
        new KafkaMetrics(Meter, topics, Fetched).Register();
        new GroupMetrics(Meter, groups).Register();
        Meter.CreateObservableCounter("broker.fsyncs", () => flusher.FlushCount, "{fsync}", "Logs brought to disk because somebody waited.");
        Meter.CreateObservableCounter("broker.fsync.rounds", () => flusher.RoundCount, "{round}", "Rounds of group commit: all who wait share one.");
        Meter.CreateObservableCounter("broker.fsync.time", () => flusher.FlushTime.TotalSeconds, "s", "Time spent in fsyncs.");
    }

    public void Requested(ApiKey api, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>("request", api.ToString());
        _requests.Add(1, tag);
        _duration.Record(duration.TotalSeconds, tag);
    }

    public void Failed(ApiKey api, ErrorCode error) => _errors.Add(1, new("request", api.ToString()), new("error", error.ToString()));

    public void ConnectionOpened() => _connections.Add(1);

    public void ConnectionClosed(CloseReason reason)
    {
        _connections.Add(-1);
        _closed.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
    }

    public void Denied(ResourceType resource, AclOperation operation) =>
        _denials.Add(1, new("resource", resource.ToString()), new("operation", operation.ToString()));

    public void Throttled(QuotaKey quota, int milliseconds) =>
        _throttles.Record(milliseconds / 1000.0, new KeyValuePair<string, object?>("quota", quota.Name()));

    public void SentByKernel(long bytes) => _fetchBytes.Add(bytes, BySendfile);

    public void SentByCopy(long bytes) => _fetchBytes.Add(bytes, ByCopy);

    public void Appended(int bytes)
    {
        _produceBatches.Add(1);
        _produceBytes.Add(bytes);
    }

    public void Compacted(in CompactionResult result, TimeSpan duration)
    {
        _compactedBytes.Add(result.BytesRead, BytesRead);
        _compactedBytes.Add(result.BytesWritten, BytesWritten);
        _compactionDuration.Record(duration.TotalSeconds);
        Interlocked.Exchange(ref _bufferUtilization, result.BufferUtilization);
    }

    /// <summary>The largest share of dirty bytes of any log to be compacted, 0 to 1.</summary>
    public void Dirtiest(double ratio) => Interlocked.Exchange(ref _maxDirtyRatio, ratio);

    public void Uncleanable(int partitions) => Volatile.Write(ref _uncleanable, partitions);

    public void Dispose() => Meter.Dispose();
}
