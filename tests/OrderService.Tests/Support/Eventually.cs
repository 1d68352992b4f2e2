using System.Diagnostics;

namespace OrderService.Tests.Support;

internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Asks again until the answer is there; the pause leaves the processor to those who are to make it so.</summary>
    public static async Task<T> Gets<T>(Func<Task<T?>> question, string what)
        where T : class
    {
        var started = Stopwatch.GetTimestamp();
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            if (await question() is { } answer)
            {
                return answer;
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"did not come true within {Limit}: {what}");
            await again.WaitForNextTickAsync();
        }
    }
}
