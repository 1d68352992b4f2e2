namespace Benchmarks;

/// <param name="MegabytesPerSecond">Of values.</param>
/// <param name="CpuSecondsPerGigabyte">Of the broker's process.</param>
internal readonly record struct Throughput(double MegabytesPerSecond, double CpuSecondsPerGigabyte)
{
    public static Throughput Of(long bytes, TimeSpan elapsed, TimeSpan cpu) => new(bytes / 1e6 / elapsed.TotalSeconds, cpu.TotalSeconds / (bytes / 1e9));
}
