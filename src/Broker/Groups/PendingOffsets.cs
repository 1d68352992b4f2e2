namespace Broker.Groups;

/// <summary>Offsets of one group that transactions have written and neither committed nor aborted. Touched under the group's lock only.</summary>
internal sealed class PendingOffsets
{
    private readonly Dictionary<long, Dictionary<TopicPartition, CommittedOffset>> _byProducer = [];

    public bool IsEmpty => _byProducer.Count == 0;

    public IEnumerable<TopicPartition> Partitions => _byProducer.Values.SelectMany(offsets => offsets.Keys).Distinct();

    public bool Contains(TopicPartition partition) => _byProducer.Values.Any(offsets => offsets.ContainsKey(partition));

    public void Add(long producerId, TopicPartition partition, CommittedOffset offset)
    {
        if (!_byProducer.TryGetValue(producerId, out var offsets))
            _byProducer.Add(producerId, offsets = []);
        offsets[partition] = offset;
    }

    /// <summary>The partition's offsets were deleted: no transaction brings them back.</summary>
    public void Forget(TopicPartition partition)
    {
        foreach (var (producerId, offsets) in _byProducer)
        {
            if (offsets.Remove(partition) && offsets.Count == 0)
                _byProducer.Remove(producerId);
        }
    }

    /// <summary>What the producer's transaction wrote; it is pending no more.</summary>
    public IReadOnlyDictionary<TopicPartition, CommittedOffset> Take(long producerId) =>
        _byProducer.Remove(producerId, out var offsets) ? offsets : new Dictionary<TopicPartition, CommittedOffset>();
}
