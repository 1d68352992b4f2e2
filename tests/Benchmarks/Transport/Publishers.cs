namespace Benchmarks.Transport;

/// <summary>Callers that each await one message before they send the next, as services do.</summary>
internal static class Publishers
{
    public const int Count = 20;

    public static Task RunAsync(int messages, Func<int, Task> publish) => RunAsync(messages, Count, publish);

    public static Task RunAsync(int messages, int callers, Func<int, Task> call)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (int number; (number = Interlocked.Increment(ref next)) < messages;)
                await call(number);
        })));
    }
}
