using System.Diagnostics;

namespace OrderService.Tests.Support;

internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Asks again until the answer is there; each question reads a file or a socket, so the loop does not spin.</summary>
    public static async Task<T> Gets<T>(Func<Task<T?>> question, string what)
        where T : class
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await question() is { } answer)
            {
                return answer;
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < Limit, $"did not come true within {Limit}: {what}");
            await Task.Yield();
        }
    }
}
