using System.Diagnostics.Metrics;
using Broker.Host.Http;

namespace Broker.Host.Tests;

public sealed class MetricsPageTests
{
    [Fact]
    public void instruments_are_written_as_Prometheus_reads_them()
    {
        using var page = new MetricsPage();
        using var meter = new Meter("Broker");
        using var other = new Meter("Other");
        var counter = meter.CreateCounter<long>("test.sent", "By", "Bytes sent.");
        meter.CreateObservableGauge("test.depth", () => 7, description: "Depth.");
        var duration = meter.CreateHistogram<double>("test.duration", "s", "Time taken.");
        other.CreateCounter<long>("test.foreign").Add(1);

        counter.Add(2, new KeyValuePair<string, object?>("path", "a\"b\\c"));
        counter.Add(3, new KeyValuePair<string, object?>("path", "a\"b\\c"));
        counter.Add(4);
        duration.Record(0.002);
        duration.Record(3);
        duration.Record(30);
        var text = page.Render();

        Assert.Contains("# HELP test_sent_bytes_total Bytes sent.\n# TYPE test_sent_bytes_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("test_sent_bytes_total{path=\"a\\\"b\\\\c\"} 5\ntest_sent_bytes_total 4\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE test_depth gauge\ntest_depth 7\n", text, StringComparison.Ordinal);
        Assert.Contains("test_duration_seconds_bucket{le=\"0.001\"} 0\ntest_duration_seconds_bucket{le=\"0.0025\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("test_duration_seconds_bucket{le=\"10\"} 2\ntest_duration_seconds_bucket{le=\"+Inf\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("test_duration_seconds_sum 33.002\ntest_duration_seconds_count 3\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("foreign", text, StringComparison.Ordinal);
    }

    [Fact]
    public void tags_without_end_do_not_grow_the_page_without_end()
    {
        using var page = new MetricsPage();
        using var meter = new Meter("Broker");
        var counter = meter.CreateCounter<long>("test.many");

        for (var i = 0; i < 2 * MetricSeries.MaxSeries; i++)
            counter.Add(1, new KeyValuePair<string, object?>("i", i));

        Assert.Equal(MetricSeries.MaxSeries, page.Render().Split('\n').Count(line => line.StartsWith("test_many_total{", StringComparison.Ordinal)));
    }

    [Fact]
    public void a_gauge_shows_its_last_value_each_time()
    {
        using var page = new MetricsPage();
        using var meter = new Meter("Broker");
        var depth = 1;
        meter.CreateObservableUpDownCounter("test.level", () => depth);

        page.Render();
        depth = 5;

        Assert.Contains("\ntest_level 5\n", page.Render(), StringComparison.Ordinal);
    }
}
