using System.Diagnostics.Metrics;

namespace Broker.Host.Http;

/// <summary>
/// What one instrument has measured, by its tags. Adding does not allocate once a combination of tags is known. Beyond
/// <see cref="MaxSeries"/> combinations further ones are not kept: a page that grows without end helps nobody.
/// </summary>
internal sealed class MetricSeries(Instrument instrument)
{
    public const int MaxSeries = 500;

    /// <summary>Of an instrument that is read off: it knows how many it has, so this is only against a defect.</summary>
    private const int MaxObserved = 50_000;

    /// <summary>Upper bounds of histograms, in seconds.</summary>
    public static readonly double[] Bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly List<Entry> _entries = [];

    public Instrument Instrument { get; } = instrument;

    public bool IsHistogram { get; } = instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal);

    public bool IsCounter { get; } = instrument.GetType().Name is var kind
        && (kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal));

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_entries)
        {
            if (Instrument.IsObservable)
            {
                if (_entries.Count < MaxObserved)
                    _entries.Add(new Entry(tags.ToArray(), []) { Sum = value });
                return;
            }

            if (Find(tags) is not { } entry)
                return;

            if (IsHistogram)
                entry.Observe(value);
            else
                entry.Sum += value;
        }
    }

    /// <summary>What is read off is read anew each time: a topic that is gone must not stay on the page.</summary>
    public void BeginReading()
    {
        if (!Instrument.IsObservable)
            return;
        lock (_entries)
            _entries.Clear();
    }

    public void Visit(Action<Entry> visit)
    {
        lock (_entries)
            _entries.ForEach(visit);
    }

    private Entry? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var entry in _entries)
        {
            if (entry.Has(tags))
                return entry;
        }

        if (_entries.Count == MaxSeries)
            return null;

        var added = new Entry(tags.ToArray(), IsHistogram ? new long[Bounds.Length] : []);
        _entries.Add(added);
        return added;
    }

    internal sealed class Entry(KeyValuePair<string, object?>[] tags, long[] buckets)
    {
        public KeyValuePair<string, object?>[] Tags { get; } = tags;

        public double Sum { get; set; }

        public long Count { get; private set; }

        /// <summary>Each counts the values up to its bound that are above the one before.</summary>
        public long[] Buckets { get; } = buckets;

        public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Length != Tags.Length)
                return false;

            for (var i = 0; i < tags.Length; i++)
            {
                if (tags[i].Key != Tags[i].Key || !Equals(tags[i].Value, Tags[i].Value))
                    return false;
            }

            return true;
        }

        public void Observe(double value)
        {
            Sum += value;
            Count++;
            var bucket = Array.FindIndex(Bounds, bound => value <= bound);
            if (bucket >= 0)
                Buckets[bucket]++;
        }
    }
}
