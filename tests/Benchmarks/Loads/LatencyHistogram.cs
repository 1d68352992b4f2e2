using HdrHistogram;

namespace Benchmarks.Loads;

internal readonly record struct Latency(double P50Ms, double P99Ms, double P999Ms)
{
    public static Latency Of(HistogramBase histogram) =>
        new(LatencyHistogram.At(histogram, 50), LatencyHistogram.At(histogram, 99), LatencyHistogram.At(histogram, 99.9));
}

/// <summary>Of ticks of 100 ns, read in milliseconds.</summary>
internal static class LatencyHistogram
{
    public static LongHistogram New() => new(TimeSpan.FromMinutes(1).Ticks, 3);

    public static double At(HistogramBase histogram, double percentile) => TimeSpan.FromTicks(histogram.GetValueAtPercentile(percentile)).TotalMilliseconds;
}
