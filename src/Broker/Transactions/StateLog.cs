using Broker.Topics;

namespace Broker.Transactions;

/// <summary>Transactions kept in the partitions of <c>__transaction_state</c>, made at its first use.</summary>
internal sealed class StateLog(TopicCatalog topics) : IStateLog
{
    private const string Name = TopicName.TransactionState;

    public int PartitionCount => topics.TryFind(Name, out var topic) ? topic.Partitions.Count : 0;

    public async ValueTask EnsureCreatedAsync()
    {
        if (PartitionCount > 0)
            return;

        try
        {
            await topics.GetOrCreateInternalAsync(Name).ConfigureAwait(false);
        }
        catch (TopicFaultException e)
        {
            throw new IOException($"Topic {Name} could not be made: {e.Message}", e);
        }
    }

    public bool IsOnline(int partition) => Find(partition).Log is { IsReadOnly: false };

    public long Append(int partition, byte[] batch) => Find(partition).Append(batch).LastOffset + 1;

    public Task FlushAsync(int partition, long upToOffset) => Find(partition).FlushAsync(upToOffset);

    public IEnumerable<Memory<byte>> ReadBatches(int partition) => Find(partition).ReadBatches();

    private Partition Find(int partition) =>
        topics.FindPartition(Name, partition) ?? throw new InvalidOperationException($"{Name} has no partition {partition}.");
}
