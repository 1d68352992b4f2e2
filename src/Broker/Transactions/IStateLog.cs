namespace Broker.Transactions;

/// <summary>The internal topic of transactions as the coordinator needs it. Safe for use by any thread.</summary>
internal interface IStateLog
{
    /// <summary>0 until the topic was made, which its first use does.</summary>
    int PartitionCount { get; }

    /// <exception cref="IOException">The topic could not be made.</exception>
    ValueTask EnsureCreatedAsync();

    /// <summary>Whether a partition can be read and added to.</summary>
    bool IsOnline(int partition);

    /// <returns>The offset of the next record.</returns>
    /// <exception cref="IOException">Nothing was appended.</exception>
    long Append(int partition, byte[] batch);

    /// <summary>Completes when every record below <paramref name="upToOffset"/> is on disk; at once when it is.</summary>
    /// <exception cref="IOException">The disk did not take them; the partition takes no more until the broker is restarted.</exception>
    Task FlushAsync(int partition, long upToOffset);

    /// <summary>Everything in a partition, batch by batch; each is valid until the next is asked for.</summary>
    /// <exception cref="InvalidDataException">Something in it is damaged.</exception>
    /// <exception cref="IOException">It is offline, or the disk does not give it.</exception>
    IEnumerable<Memory<byte>> ReadBatches(int partition);
}
