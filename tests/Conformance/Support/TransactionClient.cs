using System.Diagnostics;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;

namespace Conformance.Support;

/// <summary>A transactional producer as a client library would be one, request by request; id and epoch are the test's to keep.</summary>
public sealed class TransactionClient : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private TransactionClient(RawClient raw, string transactionalId) => (Raw, TransactionalId) = (raw, transactionalId);

    public RawClient Raw { get; }

    public string TransactionalId { get; }

    public long ProducerId { get; set; } = -1;

    public short Epoch { get; set; } = -1;

    /// <summary>A transactional id nobody else uses, not initialized yet.</summary>
    public static async Task<TransactionClient> ConnectAsync(TestBroker broker, string? transactionalId = null) =>
        new(await RawClient.ConnectAsync(broker.BootstrapServers), transactionalId ?? TestBroker.NewName("txn"));

    /// <summary>Gets id and epoch.</summary>
    public async Task InitAsync(int timeoutMs = 60_000)
    {
        var answer = await UntilSettledAsync(() => AskInitAsync(timeoutMs), a => a.ErrorCode);
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        (ProducerId, Epoch) = (answer.ProducerId, answer.ProducerEpoch);
    }

    public Task<InitProducerIdResponse> AskInitAsync(int timeoutMs = 60_000, long producerId = -1, short epoch = -1, short version = 5, string? id = null) =>
        Raw.AskAsync<InitProducerIdRequest, InitProducerIdResponse>(
            new() { TransactionalId = id ?? TransactionalId, TransactionTimeoutMs = timeoutMs, ProducerId = producerId, ProducerEpoch = epoch }, version);

    public async Task<ErrorCode> AddAsync(string topic, int partition = 0, short version = 3)
    {
        var answer = await UntilSettledAsync(
            () => Raw.AskAsync<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>(
                new() { TransactionalId = TransactionalId, ProducerId = ProducerId, ProducerEpoch = Epoch, Topics = [new() { Name = topic, Partitions = [partition] }] }, version),
            a => a.ResultsByTopic[0].ResultsByPartition[0].PartitionErrorCode);
        return answer.ResultsByTopic[0].ResultsByPartition[0].PartitionErrorCode;
    }

    public async Task<ErrorCode> AddOffsetsAsync(string group, short version = 4)
    {
        var answer = await UntilSettledAsync(
            () => Raw.AskAsync<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>(
                new() { TransactionalId = TransactionalId, ProducerId = ProducerId, ProducerEpoch = Epoch, GroupId = group }, version),
            a => a.ErrorCode);
        return answer.ErrorCode;
    }

    public async Task<ErrorCode> CommitOffsetAsync(string group, string topic, long offset, short version = 5)
    {
        var answer = await UntilSettledAsync(
            () => Raw.AskAsync<TxnOffsetCommitRequest, TxnOffsetCommitResponse>(
                new()
                {
                    TransactionalId = TransactionalId,
                    GroupId = group,
                    ProducerId = ProducerId,
                    ProducerEpoch = Epoch,
                    Topics = [new() { Name = topic, Partitions = [new() { CommittedOffset = offset }] }],
                },
                version),
            a => a.Topics[0].Partitions[0].ErrorCode);
        return answer.Topics[0].Partitions[0].ErrorCode;
    }

    /// <param name="group">Whose offset.</param>
    /// <param name="topic">Its partition 0.</param>
    /// <param name="stable">Whether an open transaction must have ended first.</param>
    public async Task<(ErrorCode Error, long Offset)> FetchOffsetAsync(string group, string topic, bool stable)
    {
        var answer = await Raw.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(
            new() { GroupId = group, Topics = [new() { Name = topic, PartitionIndexes = [0] }], RequireStable = stable }, version: 7);
        var partition = answer.Topics[0].Partitions[0];
        return (partition.ErrorCode, partition.CommittedOffset);
    }

    /// <summary>One batch of one record, transactional unless said otherwise. Versions up to 12 name the topic.</summary>
    public async Task<ProduceResponse.PartitionProduceResponse> ProduceAsync(
        string topic, int sequence, short version = 12, string? transactionalId = "", bool isTransactional = true, short? epoch = null, long? producerId = null)
    {
        var batch = new RecordBatchBuilder
        {
            ProducerId = producerId ?? ProducerId,
            ProducerEpoch = epoch ?? Epoch,
            BaseSequence = sequence,
            IsTransactional = isTransactional,
        }.Add(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), [1], [(byte)sequence]).Build();
        var answer = await UntilSettledAsync(
            () => Raw.AskAsync<ProduceRequest, ProduceResponse>(
                new()
                {
                    TransactionalId = transactionalId == "" ? TransactionalId : transactionalId,
                    Acks = -1,
                    TimeoutMs = 30_000,
                    TopicData = [new() { Name = topic, PartitionData = [new() { Records = batch }] }],
                },
                version),
            a => a.Responses[0].PartitionResponses[0].ErrorCode);
        return answer.Responses[0].PartitionResponses[0];
    }

    /// <summary>From version 5 on id and epoch are those of the answer afterwards.</summary>
    public async Task<ErrorCode> EndAsync(bool commit, short version = 5)
    {
        var answer = await AskEndAsync(commit, version);
        if (answer.ErrorCode == ErrorCode.None && version >= 5)
            (ProducerId, Epoch) = (answer.ProducerId, answer.ProducerEpoch);
        return answer.ErrorCode;
    }

    public Task<EndTxnResponse> AskEndAsync(bool commit, short version = 5) => UntilSettledAsync(
        () => Raw.AskAsync<EndTxnRequest, EndTxnResponse>(
            new() { TransactionalId = TransactionalId, ProducerId = ProducerId, ProducerEpoch = Epoch, Committed = commit }, version),
        a => a.ErrorCode);

    /// <summary>What Kafka says of the id once no transaction is ending.</summary>
    public async Task<DescribeTransactionsResponse.DescribedTransaction> DescribeAsync(string? id = null)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var answer = await Raw.AskAsync<DescribeTransactionsRequest, DescribeTransactionsResponse>(new() { TransactionalIds = [id ?? TransactionalId] }, 0);
            var described = Assert.Single(answer.TransactionStates);
            if (!described.TransactionState.StartsWith("Prepare", StringComparison.Ordinal))
                return described;
            Assert.True(patience.Elapsed < Deadline, $"{described.TransactionalId} stays {described.TransactionState}");
        }
    }

    public async Task<FetchResponse.PartitionData> FetchAsync(string topic, long offset, bool committedOnly)
    {
        var answer = await Raw.AskAsync<FetchRequest, FetchResponse>(
            new()
            {
                MaxBytes = 1 << 20,
                IsolationLevel = (sbyte)(committedOnly ? 1 : 0),
                Topics = [new() { Topic = topic, Partitions = [new() { FetchOffset = offset, PartitionMaxBytes = 1 << 20 }] }],
            },
            version: 12);
        return answer.Responses[0].Partitions[0];
    }

    public async Task<long> EndOffsetAsync(string topic, bool committedOnly, long timestamp = -1)
    {
        var answer = await Raw.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(
            new()
            {
                ReplicaId = -1,
                IsolationLevel = (sbyte)(committedOnly ? 1 : 0),
                Topics = [new() { Name = topic, Partitions = [new() { Timestamp = timestamp }] }],
            },
            version: 7);
        return answer.Topics[0].Partitions[0].Offset;
    }

    public void Dispose() => Raw.Dispose();

    /// <summary>Kafka answers CONCURRENT_TRANSACTIONS while the markers of the transaction before are on their way, and clients ask again.</summary>
    private static async Task<T> UntilSettledAsync<T>(Func<Task<T>> ask, Func<T, ErrorCode> error)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (error(answer) is not (ErrorCode.ConcurrentTransactions or ErrorCode.NotEnoughReplicas))
                return answer;
            Assert.True(patience.Elapsed < Deadline, $"{error(answer)} without end");
        }
    }
}
