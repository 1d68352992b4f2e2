using System.Diagnostics.Metrics;
using Broker.Storage.Compaction;

namespace Broker.Diagnostics;

/// <summary>Compaction, under the names of Kafka's LogCleaner and LogCleanerManager. Safe for use by any thread.</summary>
internal sealed class CleanerMetrics
{
    private const string Cleaner = "kafka.log.logcleaner.";
    private const string Manager = "kafka.log.logcleanermanager.";
    private const double Percent = 100;

    private static readonly KeyValuePair<string, object?> BytesRead = new("direction", "read");
    private static readonly KeyValuePair<string, object?> BytesWritten = new("direction", "written");

    private readonly TimeProvider _time;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _duration;
    private double _bufferUtilization;
    private double _recopy;
    private double _seconds;
    private double _maxDirtyRatio;
    private int _uncleanable;
    private long _looked;

    public CleanerMetrics(Meter meter, TimeProvider time)
    {
        _time = time;
        _looked = time.GetTimestamp();
        _bytes = meter.CreateCounter<long>("broker.log.cleaner.bytes", "By", "Bytes of segments that compaction read, and that it wrote in their place.");
        _duration = meter.CreateHistogram<double>("broker.log.cleaner.duration", "s", "From the first look at a log to its compacted segments in place.");
        meter.CreateObservableGauge(
            Cleaner + "max-buffer-utilization-percent", () => Volatile.Read(ref _bufferUtilization) * Percent, null, "How full the last compaction's buffer of keys became, in percent.");
        meter.CreateObservableGauge(
            Cleaner + "cleaner-recopy-percent", () => Volatile.Read(ref _recopy) * Percent, null, "How much of what the last compaction read it wrote again, in percent of bytes.");
        meter.CreateObservableGauge(Cleaner + "max-clean-time-secs", () => Volatile.Read(ref _seconds), null, "How long the last compaction took, in seconds.");
        meter.CreateObservableGauge(
            Manager + "max-dirty-percent", () => Volatile.Read(ref _maxDirtyRatio) * Percent, null, "The largest share of dirty bytes of any log to be compacted, in percent.");
        meter.CreateObservableGauge(
            Manager + "time-since-last-run-ms", () => (long)_time.GetElapsedTime(Volatile.Read(ref _looked)).TotalMilliseconds, null,
            "Since the last look for something to compact, or the broker's start, in milliseconds.");
    }

    /// <summary>Adds the gauge that names the directory.</summary>
    public void Observe(Meter meter, string directory) => meter.CreateObservableGauge(
        Manager + "uncleanable-partitions-count",
        () => new Measurement<int>(Volatile.Read(ref _uncleanable), new KeyValuePair<string, object?>("logDirectory", directory)),
        null,
        "Partitions that are not compacted because they have damaged records, by directory.");

    public void Compacted(in CompactionResult result, TimeSpan duration)
    {
        _bytes.Add(result.BytesRead, BytesRead);
        _bytes.Add(result.BytesWritten, BytesWritten);
        _duration.Record(duration.TotalSeconds);
        Interlocked.Exchange(ref _bufferUtilization, result.BufferUtilization);
        Interlocked.Exchange(ref _recopy, result.BytesRead == 0 ? 0 : (double)result.BytesWritten / result.BytesRead);
        Interlocked.Exchange(ref _seconds, duration.TotalSeconds);
    }

    /// <summary>It was looked for something to compact.</summary>
    /// <param name="ratio">The largest share of dirty bytes of any log to be compacted, 0 to 1.</param>
    public void Dirtiest(double ratio)
    {
        Interlocked.Exchange(ref _maxDirtyRatio, ratio);
        Volatile.Write(ref _looked, _time.GetTimestamp());
    }

    public void Uncleanable(int partitions) => Volatile.Write(ref _uncleanable, partitions);
}
