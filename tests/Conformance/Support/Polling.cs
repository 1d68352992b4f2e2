using System.Diagnostics;
using Confluent.Kafka;

namespace Conformance.Support;

/// <summary>Drives consumers from the test's own thread. The deadline is only a way to fail.</summary>
public static class Polling
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    /// <summary>The next <paramref name="count"/> records.</summary>
    public static IReadOnlyList<ConsumeResult<string?, string?>> Take(this IConsumer<string?, string?> consumer, int count)
    {
        var taken = new List<ConsumeResult<string?, string?>>();
        Until(() => taken.Count >= count, () => $"{taken.Count} of {count} records", [consumer], taken.Add);
        return taken;
    }

    /// <summary>Asks again and again until the answer is yes; each asking is a request of its own.</summary>
    /// <param name="condition">What is asked.</param>
    /// <param name="what">For whoever reads that it was never so.</param>
    /// <param name="atOnce">The first answer must be yes: our broker's changes count when they are answered, Apache Kafka's a moment later.</param>
    public static async Task HoldsAsync(Func<Task<bool>> condition, string what, bool atOnce = false)
    {
        if (atOnce)
        {
            Assert.True(await condition(), $"not at once: {what}");
            return;
        }

        var watch = Stopwatch.StartNew();
        while (!await condition())
            Assert.True(watch.Elapsed < Deadline, $"gave up waiting: {what}");
    }

    /// <summary>Polls all consumers in turn until the condition holds.</summary>
    public static void Until(Func<bool> condition, string what, params IConsumer<string?, string?>[] consumers) =>
        Until(condition, () => what, consumers, _ => { });

    public static void Until(
        Func<bool> condition, Func<string> what, IReadOnlyList<IConsumer<string?, string?>> consumers, Action<ConsumeResult<string?, string?>> received)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Deadline, $"gave up waiting: {what()}");
            foreach (var consumer in consumers)
            {
                if (consumer.Consume(Slice) is { IsPartitionEOF: false } result)
                    received(result);
            }
        }
    }
}
