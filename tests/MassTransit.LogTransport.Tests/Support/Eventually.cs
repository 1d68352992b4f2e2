namespace MassTransit.LogTransport.Tests.Support;

/// <summary>For what shows itself only when asked: asks until it is so.</summary>
public static class Eventually
{
    public static async Task True(Func<bool> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();

        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Deadline.Limit)
                throw new TimeoutException($"Not so in time: {what}");

            await Task.Yield();
        }
    }
}
