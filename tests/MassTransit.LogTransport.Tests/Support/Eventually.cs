namespace MassTransit.LogTransport.Tests.Support;

/// <summary>For what shows itself only when asked: asks until it is so.</summary>
public static class Eventually
{
    /// <param name="condition">Asked again and again.</param>
    /// <param name="what">For whoever reads that it was never so.</param>
    /// <param name="limit">Instead of <see cref="Deadline.Limit" />.</param>
    public static async Task True(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        var began = TimeProvider.System.GetTimestamp();

        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > (limit ?? Deadline.Limit))
                throw new TimeoutException($"Not so in time: {what}");

            await Task.Yield();
        }
    }

    /// <summary>Does it again while it is refused.</summary>
    public static async Task Succeeds(Func<Task> action)
    {
        var began = TimeProvider.System.GetTimestamp();

        for (; ; )
        {
            try
            {
                await action();
                return;
            }
            catch (TransportException) when (TimeProvider.System.GetElapsedTime(began) < Deadline.Limit)
            {
                // Not yet.
            }
        }
    }
}
