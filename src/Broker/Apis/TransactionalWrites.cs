using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Topics;
using Broker.Transactions;
using static Broker.Protocol.Messages.ProduceRequest;

namespace Broker.Apis;

/// <summary>
/// The transaction that the batches of one Produce request belong to, held still until all of them are appended. What a batch is
/// and whose it is, its own header says: under no transactional id, or under somebody else's, it does not get in
/// (CVE-2018-17196). From version 12 on partitions are added by being written to (KIP-890). Costs a request without transactional
/// batches one look at each.
/// </summary>
internal ref struct TransactionalWrites
{
    private const short FirstWithAbortable = 11;
    private const short FirstThatAdds = 12;

    private readonly short _version;
    private readonly ErrorCode _refused;
    private TransactionPass _pass;

    private TransactionalWrites(short version, ErrorCode refused) => (_version, _refused) = (version, refused);

    private TransactionalWrites(short version, TransactionPass pass, ErrorCode refused)
        : this(version, refused) => _pass = pass;

    /// <summary>The request has transactional batches and no right to: all of it is refused.</summary>
    public readonly bool IsDenied => _refused == ErrorCode.TransactionalIdAuthorizationFailed;

    public static TransactionalWrites Begin(ProduceRequest request, RequestContext context, TransactionCoordinator transactions, TopicCatalog topics)
    {
        if (!TryFindFirst(request, out var producer))
            return default;
        if (request.TransactionalId is not { } id || !context.Allows(AclOperation.Write, ResourceType.TransactionalId, id))
            return new TransactionalWrites(context.Version, ErrorCode.TransactionalIdAuthorizationFailed);

        var pass = transactions.Enter(id);
        var added = context.Version >= FirstThatAdds ? Add(pass, producer, request, context, topics) : ErrorCode.None;
        return new TransactionalWrites(context.Version, pass, added);
    }

    /// <summary>A producer of the second dialect numbers the batches of each transaction from 0.</summary>
    public readonly bool MustStartAtZero(in RecordBatchHeader header) => header.IsTransactional && _version >= FirstThatAdds;

    public readonly ErrorCode Check(in RecordBatchHeader header, Partition partition)
    {
        if (!header.IsTransactional)
            return ErrorCode.None;

        var error = _refused != ErrorCode.None
            ? _refused
            : _pass.Check(new TransactionalProducer(header.ProducerId, header.ProducerEpoch), new TopicPartition(partition.Topic, partition.Index));
        return Known(error);
    }

    /// <summary>Completes when the transaction's part of this is on disk: no answer before.</summary>
    public readonly Task FlushAsync() => _pass.FlushAsync();

    public void Dispose() => _pass.Dispose();

    /// <summary>Older clients retry NOT_ENOUGH_REPLICAS and give up on what says more.</summary>
    private readonly ErrorCode Known(ErrorCode error) => error switch
    {
        ErrorCode.CoordinatorNotAvailable => ErrorCode.NotEnoughReplicas,
        ErrorCode.ConcurrentTransactions when _version < FirstThatAdds => ErrorCode.NotEnoughReplicas,
        _ => error.ForWrite(_version, FirstWithAbortable),
    };

    private static bool TryFindFirst(ProduceRequest request, out TransactionalProducer producer)
    {
        // By index: an enumerator of the interface would be an allocation for every request.
        for (var t = 0; t < request.TopicData.Count; t++)
        {
            var partitions = request.TopicData[t].PartitionData;
            for (var p = 0; p < partitions.Count; p++)
            {
                if (TryReadTransactional(partitions[p], out producer))
                    return true;
            }
        }

        producer = default;
        return false;
    }

    private static ErrorCode Add(in TransactionPass pass, TransactionalProducer producer, ProduceRequest request, RequestContext context, TopicCatalog topics)
    {
        List<TopicPartition>? missing = null;
        for (var t = 0; t < request.TopicData.Count; t++)
        {
            var data = request.TopicData[t];
            if (!topics.TryFind(data, context.Version, out var topic) || topic.IsInternal
                || !context.Shows(AclOperation.Write, ResourceType.Topic, topic.Name))
                continue;
            for (var p = 0; p < data.PartitionData.Count; p++)
            {
                var part = data.PartitionData[p];
                var partition = new TopicPartition(topic.Name, part.Index);
                if (topic.TryGetPartition(part.Index, out _) && TryReadTransactional(part, out _) && !pass.Includes(partition))
                    (missing ??= []).Add(partition);
            }
        }

        return missing is null ? ErrorCode.None : pass.Add(producer, missing, TransactionState.SecondDialect);
    }

    private static bool TryReadTransactional(PartitionProduceData partition, out TransactionalProducer producer)
    {
        if (partition.Records is { } records && RecordBatchHeader.TryRead(records.Span, out var header) && header.IsTransactional)
        {
            producer = new TransactionalProducer(header.ProducerId, header.ProducerEpoch);
            return true;
        }

        producer = default;
        return false;
    }
}
