using System.Diagnostics;

namespace PaymentGateway.Tests;

internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Asks again until the answer is yes; the pause leaves the processor to those who are to make it so.</summary>
    public static async Task Holds(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"did not come true within {Limit}");
            await again.WaitForNextTickAsync();
        }
    }
}
