namespace Broker.Groups;

/// <summary>The offsets topic as the coordinator needs it. Safe for use by any thread.</summary>
internal interface IOffsetsLog
{
    /// <summary>0 until the topic was made, which its first use does.</summary>
    int PartitionCount { get; }

    /// <summary>The longest batch that may be written, as for any topic: <c>max.message.bytes</c>.</summary>
    int MaxBatchBytes { get; }

    /// <exception cref="IOException">The topic could not be made.</exception>
    ValueTask EnsureCreatedAsync();

    /// <summary>Whether a partition can be read and written.</summary>
    bool IsOnline(int partition);

    /// <summary>Writes whole batches behind each other. Nothing is appended when it throws.</summary>
    /// <returns>The offset of the next record; -1 when the batch is of a producer that a newer epoch has fenced, and was not written.</returns>
    long Append(int partition, byte[] batches);

    /// <summary>Ends a producer's transaction in the partition.</summary>
    /// <returns>The offset behind the marker; -1 when a newer epoch has fenced the producer, and nothing was written.</returns>
    long AppendMarker(int partition, TransactionalProducer producer, bool commit, int coordinatorEpoch);

    /// <summary>Completes when every record below <paramref name="upToOffset"/> is on disk.</summary>
    /// <exception cref="IOException">The disk did not take them; the partition takes no more until the broker is restarted.</exception>
    Task FlushAsync(int partition, long upToOffset);

    /// <summary>Everything in a partition, batch by batch; each is valid until the next is asked for.</summary>
    /// <exception cref="InvalidDataException">Something in it is damaged.</exception>
    /// <exception cref="IOException">It is offline, or the disk does not give it.</exception>
    IEnumerable<Memory<byte>> ReadBatches(int partition);
}
