using System.Globalization;
using System.Runtime.InteropServices;

namespace Benchmarks.Brokers;

/// <summary>What Linux says of a process.</summary>
internal readonly partial record struct ProcessUsage(int Id)
{
    private const int SchedulerClock = 2;

    /// <summary>User and system time of all its threads, ended ones too, by the process's own clock: /proc counts in steps of 10 ms.</summary>
    public TimeSpan Cpu
    {
        get
        {
            if (GetTime((~Id << 3) | SchedulerClock, out var time) != 0)
                throw new InvalidOperationException($"No processor clock of process {Id}: {Marshal.GetLastPInvokeErrorMessage()}");
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
        }
    }

    /// <summary>Resident memory in MiB.</summary>
    public double RssMiB => Status("VmRSS:");

    /// <summary>The most that was ever resident, in MiB.</summary>
    public double PeakRssMiB => Status("VmHWM:");

    private double Status(string name) => double.Parse(
        File.ReadLines($"/proc/{Id}/status").First(l => l.StartsWith(name, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024;

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, out Time time);

    private readonly struct Time
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
