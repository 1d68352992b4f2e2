using Broker.Protocol.Messages;

namespace Conformance.ByteByByte;

/// <summary>Producers with an identity, and transactions that nobody has begun.</summary>
internal static class TransactionExchanges
{
    public static IEnumerable<Exchange> All =>
    [
        Exchange.Of<InitProducerIdRequest, InitProducerIdResponse>("without an id", (_, _) => new() { TransactionTimeoutMs = 1000 }),
        Exchange.Of<InitProducerIdRequest, InitProducerIdResponse>("with one", (_, version) => new() { TransactionalId = $"new-{version}", TransactionTimeoutMs = 1000 }),
        Exchange.Of<InitProducerIdRequest, InitProducerIdResponse>("with an empty one", (_, _) => new() { TransactionalId = "", TransactionTimeoutMs = 1000 }),
        Exchange.Of<InitProducerIdRequest, InitProducerIdResponse>("for too long", (_, _) => new() { TransactionalId = "long", TransactionTimeoutMs = int.MaxValue }),
        Exchange.Of<InitProducerIdRequest, InitProducerIdResponse>("with somebody else's", (_, _) => new() { TransactionalId = "other", TransactionTimeoutMs = 1000, ProducerId = 99_999, ProducerEpoch = 3 }, from: 3),
        Exchange.Of<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>("of an unknown id", (_, _) => new() { TransactionalId = "none", ProducerId = 5, Topics = [new() { Name = Side.Topic, Partitions = [0] }] }),
        Exchange.Of<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>("of an unknown topic", (_, _) => new() { TransactionalId = "none", ProducerId = 5, Topics = [new() { Name = "none", Partitions = [0] }, new() { Name = Side.Topic, Partitions = [0] }] },
            r => r.ResultsByTopic = [.. r.ResultsByTopic.OrderBy(t => t.Name, StringComparer.Ordinal)]),
        Exchange.Of<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>("of an unknown id", (_, _) => new() { TransactionalId = "none", ProducerId = 5, GroupId = Side.Group }),
        Exchange.Of<EndTxnRequest, EndTxnResponse>("of an unknown id", (_, _) => new() { TransactionalId = "none", ProducerId = 5, Committed = true }),
        Exchange.Of<TxnOffsetCommitRequest, TxnOffsetCommitResponse>("of an unknown id", (_, _) => new()
        {
            TransactionalId = "none",
            GroupId = Side.Group,
            ProducerId = 5,
            Topics = [new() { Name = Side.Topic, Partitions = [new() { CommittedOffset = 1 }] }],
        }),
        Exchange.Of<DescribeTransactionsRequest, DescribeTransactionsResponse>("an open one", (_, _) => new() { TransactionalIds = [Side.OpenTransaction] }),
        Exchange.Of<ListTransactionsRequest, ListTransactionsResponse>("that are open", (_, _) => new() { StateFilters = ["Ongoing"] }),
        Exchange.Of<DescribeProducersRequest, DescribeProducersResponse>("of a partition in a transaction", (_, _) => new() { Topics = [new() { Name = Side.Topic, PartitionIndexes = [1] }] }),
        Exchange.Of<DescribeTransactionsRequest, DescribeTransactionsResponse>("an unknown id", (_, _) => new() { TransactionalIds = ["none"] }),
        Exchange.Of<ListTransactionsRequest, ListTransactionsResponse>("of an unknown state", (_, _) => new() { StateFilters = ["Sleeping"] }),
        Exchange.Of<ListTransactionsRequest, ListTransactionsResponse>("by a broken pattern", (_, _) => new() { TransactionalIdPattern = "(" }, from: 2),
        Exchange.Of<DescribeProducersRequest, DescribeProducersResponse>("of a partition without any", (_, _) => new() { Topics = [new() { Name = Side.Topic, PartitionIndexes = [0] }] }),
        Exchange.Of<DescribeProducersRequest, DescribeProducersResponse>("of an unknown topic", (_, _) => new() { Topics = [new() { Name = "none", PartitionIndexes = [0] }] }),
    ];
}
