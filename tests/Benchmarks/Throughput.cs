using System.Diagnostics;

namespace Benchmarks;

/// <param name="MegabytesPerSecond">Of values.</param>
/// <param name="CpuSecondsPerGigabyte">Of the broker's process.</param>
/// <param name="ClientCpuSecondsPerGigabyte">Of this process, which has the clients.</param>
internal readonly record struct Throughput(double MegabytesPerSecond, double CpuSecondsPerGigabyte, double ClientCpuSecondsPerGigabyte)
{
    /// <summary>Measures from now until it is given the bytes.</summary>
    public static Func<long, Throughput> Measure(Func<TimeSpan> brokerCpu)
    {
        var (broker, client, began) = (brokerCpu(), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        return bytes =>
        {
            var elapsed = Stopwatch.GetElapsedTime(began);
            var gigabytes = bytes / 1e9;
            return new(gigabytes * 1000 / elapsed.TotalSeconds, (brokerCpu() - broker).TotalSeconds / gigabytes, (Environment.CpuUsage.TotalTime - client).TotalSeconds / gigabytes);
        };
    }
}
