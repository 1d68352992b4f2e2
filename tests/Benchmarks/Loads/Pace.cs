using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Benchmarks.Loads;

/// <summary>
/// When records of an open loop are due, and a thread that sleeps until then: to within some 60 µs here, where .NET's timers count in
/// milliseconds, which would be more than the brokers take.
/// </summary>
internal static partial class Pace
{
    public const int PerSecond = 500;

    private const int Monotonic = 1; // the clock of Stopwatch on Linux, in nanoseconds
    private const int Absolute = 1;
    private const int Interrupted = 4;

    /// <summary>Runs <paramref name="send"/> on a thread of its own for each number and the moment it is due, late ones at once.</summary>
    public static Task RunAsync(int count, Action<int, long> send) => OnThread(() =>
    {
        var began = Stopwatch.GetTimestamp();
        for (var number = 0; number < count; number++)
        {
            var due = Due(began, number);
            SleepUntil(due);
            send(number, due);
        }
    });

    public static Task OnThread(Action run) =>
        Task.Factory.StartNew(run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static long Due(long began, int number) => began + (Stopwatch.Frequency * number / PerSecond);

    private static void SleepUntil(long timestamp)
    {
        var until = new Time { Seconds = timestamp / 1_000_000_000, Nanoseconds = timestamp % 1_000_000_000 };
        int error;
        do
            error = Sleep(Monotonic, Absolute, in until, 0);
        while (error == Interrupted);
        if (error != 0)
            throw new InvalidOperationException($"clock_nanosleep: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [LibraryImport("libc", EntryPoint = "clock_nanosleep")]
    private static partial int Sleep(int clock, int flags, in Time until, nint remaining);

    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
