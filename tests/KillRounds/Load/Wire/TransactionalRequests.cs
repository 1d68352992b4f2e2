using System.Text;
using Broker.Protocol.Messages;
using Broker.Records;
using KillRounds.Histories;
using static Broker.Protocol.Messages.ProduceRequest;
using static Broker.Protocol.Messages.TxnOffsetCommitRequest;

namespace KillRounds.Load.Wire;

/// <summary>What a producer of one id and epoch sends within a transaction.</summary>
internal sealed record TransactionalRequests(string TransactionalId, long ProducerId, short Epoch)
{
    /// <summary>One batch for each place.</summary>
    /// <param name="batches">What to write where.</param>
    /// <param name="sequenceOf">The sequence of a place's first record.</param>
    /// <param name="topicIds">By name; versions from 13 on say only these.</param>
    /// <param name="timeoutMs">The broker's.</param>
    public ProduceRequest Produce(IReadOnlyList<IGrouping<Place, Hop>> batches, Func<Place, int> sequenceOf, IReadOnlyDictionary<string, Guid> topicIds, int timeoutMs) => new()
    {
        TransactionalId = TransactionalId,
        Acks = -1,
        TimeoutMs = timeoutMs,
        TopicData = [.. batches.GroupBy(b => b.Key.Topic).Select(topic => new TopicProduceData
        {
            TopicId = topicIds[topic.Key],
            PartitionData = [.. topic.Select(b => new PartitionProduceData { Index = b.Key.Partition, Records = Batch(sequenceOf(b.Key), b) })],
        })],
    };

    public TxnOffsetCommitRequest CommitPositions(string group, IReadOnlyDictionary<Place, long> positions) => new()
    {
        TransactionalId = TransactionalId,
        GroupId = group,
        ProducerId = ProducerId,
        ProducerEpoch = Epoch,
        Topics = [.. positions.GroupBy(p => p.Key.Topic).Select(topic => new TxnOffsetCommitRequestTopic
        {
            Name = topic.Key,
            Partitions = [.. topic.Select(p => new TxnOffsetCommitRequestPartition { PartitionIndex = p.Key.Partition, CommittedOffset = p.Value })],
        })],
    };

    public EndTxnRequest End(bool commit) => new() { TransactionalId = TransactionalId, ProducerId = ProducerId, ProducerEpoch = Epoch, Committed = commit };

    private byte[] Batch(int sequence, IEnumerable<Hop> hops)
    {
        var batch = new RecordBatchBuilder { ProducerId = ProducerId, ProducerEpoch = Epoch, BaseSequence = sequence, IsTransactional = true };
        foreach (var hop in hops)
            batch.Add(Values.Now, hop.Key is null ? null : Encoding.UTF8.GetBytes(hop.Key), Encoding.UTF8.GetBytes(hop.Value));
        return batch.Build();
    }
}
