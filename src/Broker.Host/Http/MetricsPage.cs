using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Broker.Host.Http;

/// <summary>
/// The broker's instruments, and the runtime's, in Prometheus' text format. Listens from its making on; safe for use by any thread.
/// </summary>
internal sealed class MetricsPage : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static readonly string[] Meters = ["Broker", "System.Runtime"];

    private readonly ConcurrentDictionary<Instrument, MetricSeries> _series = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _reading = new();

    public MetricsPage()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Meters.Contains(instrument.Meter.Name))
                listener.EnableMeasurementEvents(instrument, _series.GetOrAdd(instrument, i => new MetricSeries(i)));
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => ((MetricSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => ((MetricSeries)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => ((MetricSeries)state!).Record(value, tags));
        _listener.Start();
    }

    public string Render()
    {
        // One reader at a time: two would see each other's readings.
        lock (_reading)
        {
            foreach (var series in _series.Values)
                series.BeginReading();
            _listener.RecordObservableInstruments();
            return Write();
        }
    }

    public void Dispose() => _listener.Dispose();

    private string Write()
    {
        var page = new StringBuilder();
        foreach (var series in _series.Values.OrderBy(s => s.Instrument.Name, StringComparer.Ordinal))
        {
            var name = NameOf(series);
            page.Append($"# HELP {name} {series.Instrument.Description}\n");
            page.Append($"# TYPE {name} {(series.IsHistogram ? "histogram" : series.IsCounter ? "counter" : "gauge")}\n");
            series.Visit(entry => Append(page, name, series, entry));
        }

        return page.ToString();
    }

    private static void Append(StringBuilder page, string name, MetricSeries series, MetricSeries.Entry entry)
    {
        var labels = string.Join(',', entry.Tags.Select(t => $"{Plain(t.Key)}=\"{Escape(t.Value)}\""));
        if (!series.IsHistogram)
        {
            page.Append($"{name}{(labels.Length > 0 ? $"{{{labels}}}" : "")} {Number(entry.Sum)}\n");
            return;
        }

        var prefix = labels.Length > 0 ? labels + "," : "";
        var total = 0L;
        for (var i = 0; i < MetricSeries.Bounds.Length; i++)
        {
            total += entry.Buckets[i];
            page.Append($"{name}_bucket{{{prefix}le=\"{Number(MetricSeries.Bounds[i])}\"}} {total}\n");
        }

        page.Append($"{name}_bucket{{{prefix}le=\"+Inf\"}} {entry.Count}\n");
        page.Append($"{name}_sum{(labels.Length > 0 ? $"{{{labels}}}" : "")} {Number(entry.Sum)}\n");
        page.Append($"{name}_count{(labels.Length > 0 ? $"{{{labels}}}" : "")} {entry.Count}\n");
    }

    /// <summary>Prometheus' conventions: underscores, the unit behind the name, "total" behind a counter's unless Kafka ends it with "count".</summary>
    private static string NameOf(MetricSeries series)
    {
        var unit = series.Instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var name = Plain(series.Instrument.Name);
        if (!name.EndsWith(unit, StringComparison.Ordinal))
            name += unit;
        var isCountOfKafka = name.StartsWith("kafka_", StringComparison.Ordinal) && name.EndsWith("_count", StringComparison.Ordinal);
        return series.IsCounter && !isCountOfKafka ? name + "_total" : name;
    }

    private static string Plain(string name) => name.Replace('.', '_').Replace('-', '_');

    private static string Escape(object? value) => string.Concat(Convert.ToString(value, CultureInfo.InvariantCulture)!
        .Select(c => c switch { '\\' => "\\\\", '"' => "\\\"", '\n' => "\\n", _ => c.ToString() }));

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
