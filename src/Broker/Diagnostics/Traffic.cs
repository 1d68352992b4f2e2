using System.Collections.Concurrent;

namespace Broker.Diagnostics;

/// <summary>
/// Bytes of records by topic, in one direction. Adding allocates nothing once a topic is known; only topics that exist are ever
/// added, so their number bounds it. Safe for use by any thread.
/// </summary>
internal sealed class Traffic(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Count> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, Count> _byId = new();

    /// <summary>A client names a topic by its id or by its name.</summary>
    public void Add(Guid id, string name, long bytes)
    {
        var count = id != Guid.Empty
            ? _byId.TryGetValue(id, out var known) ? known : _byId.GetOrAdd(id, new Count())
            : _byName.TryGetValue(name, out known) ? known : _byName.GetOrAdd(name, new Count());
        count.Add(bytes, time.GetUtcNow());
    }

    /// <summary>In order of name, without topics that are gone.</summary>
    /// <param name="nameOf">The name of a topic by its id; null when it is gone.</param>
    public IReadOnlyList<TopicTraffic> Describe(Func<Guid, string?> nameOf) =>
    [
        .. _byName.Select(t => t.Value.Describe(t.Key))
            .Concat(_byId.Select(t => nameOf(t.Key) is { } name ? t.Value.Describe(name) : null).OfType<TopicTraffic>())
            .GroupBy(t => t.Topic, StringComparer.Ordinal)
            .Select(t => new TopicTraffic(t.Key, t.Sum(c => c.Batches), t.Sum(c => c.Bytes), t.Max(c => c.LastActivity)))
            .OrderBy(t => t.Topic, StringComparer.Ordinal),
    ];

    private sealed class Count
    {
        private long _batches;
        private long _bytes;
        private long _lastTicks;

        public void Add(long bytes, DateTimeOffset now)
        {
            Interlocked.Increment(ref _batches);
            Interlocked.Add(ref _bytes, bytes);
            Volatile.Write(ref _lastTicks, now.UtcTicks);
        }

        public TopicTraffic Describe(string topic) =>
            new(topic, Volatile.Read(ref _batches), Volatile.Read(ref _bytes), new DateTimeOffset(Volatile.Read(ref _lastTicks), TimeSpan.Zero));
    }
}
