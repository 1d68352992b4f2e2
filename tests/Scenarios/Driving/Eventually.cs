using System.Diagnostics;

namespace Scenarios.Driving;

/// <summary>Waits for what must come true; the deadline only turns a hang into a failure that says what was missing.</summary>
public static class Eventually
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    public static async Task<T> Get<T>(string what, Func<Task<T>> read, Func<T, bool> done, TimeSpan? within = null)
    {
        var deadline = within ?? TimeSpan.FromSeconds(60);
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Poll);
        while (true)
        {
            var value = await read();
            if (done(value))
            {
                return value;
            }

            if (Stopwatch.GetElapsedTime(started) > deadline)
            {
                throw new TimeoutException($"{what} did not come true within {deadline.TotalSeconds:0} s; last seen: {value}");
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
