using System.Diagnostics;
using Benchmarks.Transport.Sides;

namespace Benchmarks.Transport;

/// <param name="PerSecond">Messages.</param>
/// <param name="ClientMicroseconds">Processor time of this process for one message: both ends, the runtime and the native client.</param>
/// <param name="ClientBytes">Allocated in this process for one message.</param>
/// <param name="BrokerMicroseconds">Processor time of the broker's process for one message; 0 where there is none.</param>
internal readonly record struct Work(double PerSecond, double ClientMicroseconds, double ClientBytes, double BrokerMicroseconds)
{
    /// <summary>Measures from now until it is told how many messages it were.</summary>
    public static Func<int, Work> Measure(TransportSide side)
    {
        var (allocated, broker, client, began) = (GC.GetTotalAllocatedBytes(), side.BrokerCpu, Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        return count => new(
            count / Stopwatch.GetElapsedTime(began).TotalSeconds,
            (Environment.CpuUsage.TotalTime - client).TotalMicroseconds / count,
            (double)(GC.GetTotalAllocatedBytes() - allocated) / count,
            (side.BrokerCpu - broker).TotalMicroseconds / count);
    }
}
