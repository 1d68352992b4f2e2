using System.Collections.Concurrent;
using Broker.Topics;

namespace Broker.Diagnostics;

/// <summary>
/// Bytes of records by topic that went through one connection, in one direction. Adding allocates nothing once a topic is known. A
/// topic that is gone is forgotten when the next new one comes, so that no more are kept than there are. Safe for use by any thread.
/// </summary>
internal sealed class Traffic(TimeProvider time, TopicCatalog topics)
{
    private readonly ConcurrentDictionary<Guid, Count> _byTopic = new();

    /// <summary>How many topics it keeps.</summary>
    public int Topics => _byTopic.Count;

    public void Add(Topic topic, long bytes)
    {
        if (!_byTopic.TryGetValue(topic.Id, out var count))
        {
            foreach (var gone in _byTopic.Keys.Where(id => !topics.TryFind(id, out _)))
                _byTopic.TryRemove(gone, out _);
            count = _byTopic.GetOrAdd(topic.Id, static _ => new Count());
        }

        count.Add(bytes, time.GetUtcNow());
    }

    /// <summary>In order of name, without topics that are gone.</summary>
    public IReadOnlyList<TopicTraffic> Describe() =>
        [.. _byTopic.Select(t => topics.TryFind(t.Key, out var topic) ? t.Value.Describe(topic.Name) : null).OfType<TopicTraffic>()
            .OrderBy(t => t.Topic, StringComparer.Ordinal)];

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
