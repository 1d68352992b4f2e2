namespace MassTransit.LogTransport.Scheduling;

/// <summary>How long to wait before something that failed is tried again: twice as long after each failure.</summary>
internal static class Pauses
{
    private const int MostDoublings = 10;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);

    public static TimeSpan After(int failures, TimeSpan longest)
    {
        var pause = First * (1 << Math.Clamp(failures - 1, 0, MostDoublings));

        return pause < longest ? pause : longest;
    }
}
