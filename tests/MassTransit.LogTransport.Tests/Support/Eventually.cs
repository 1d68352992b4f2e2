namespace MassTransit.LogTransport.Tests.Support;

/// <summary>For what shows itself only when asked: asks until it is so. Who asks without a pause takes the processor from those who are to make it so.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <param name="condition">Asked again and again.</param>
    /// <param name="what">For whoever reads that it was never so.</param>
    /// <param name="limit">Instead of <see cref="Deadline.Limit" />.</param>
    public static async Task True(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        await Gets(() => Task.FromResult(condition()), isSo => isSo, _ => what, limit);
    }

    /// <summary>What the question is answered with once the answer is as wanted.</summary>
    public static async Task<T> Gets<T>(Func<Task<T>> question, Func<T, bool> wanted, Func<T, string> what, TimeSpan? limit = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var again = new PeriodicTimer(Pause);

        while (true)
        {
            var answer = await question();
            if (wanted(answer))
                return answer;

            if (TimeProvider.System.GetElapsedTime(began) > (limit ?? Deadline.Limit))
                throw new TimeoutException($"Not so in time: {what(answer)}");

            await again.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Does it again while it is refused.</summary>
    public static async Task Succeeds(Func<Task> action)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var again = new PeriodicTimer(Pause);

        for (; ; )
        {
            try
            {
                await action();
                return;
            }
            catch (TransportException) when (TimeProvider.System.GetElapsedTime(began) < Deadline.Limit)
            {
                await again.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            }
        }
    }
}
