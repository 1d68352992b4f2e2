using System.Diagnostics;

namespace PaymentGateway.Tests;

internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Asks again until the answer is yes; each question is a round trip, so the loop does not spin.</summary>
    public static async Task Holds(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"did not come true within {Limit}");
            await Task.Yield();
        }
    }
}
