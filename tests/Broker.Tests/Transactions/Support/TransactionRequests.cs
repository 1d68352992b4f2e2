using System.Text;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Tests.Support;

namespace Broker.Tests.Transactions.Support;

/// <summary>A transactional producer of the second dialect, request by request.</summary>
internal static class TransactionRequests
{
    private const short ReadCommitted = 1;

    public static async Task<TransactionalProducer> InitTransactionsAsync(this KafkaClient client, string id)
    {
        while (true)
        {
            var answer = await client.AskAsync<InitProducerIdRequest, InitProducerIdResponse>(new() { TransactionalId = id, TransactionTimeoutMs = 60_000 }, 5);
            if (answer.ErrorCode != ErrorCode.ConcurrentTransactions)
                return new TransactionalProducer(answer.ProducerId, answer.ProducerEpoch);
        }
    }

    public static byte[] Batch(TransactionalProducer producer, int sequence, string value) =>
        new RecordBatchBuilder { ProducerId = producer.Id, ProducerEpoch = producer.Epoch, BaseSequence = sequence, IsTransactional = true }
            .Add(1_000, null, Encoding.UTF8.GetBytes(value)).Build();

    public static async Task<ErrorCode> WriteAsync(
        this KafkaClient client, string id, TransactionalProducer producer, string topic, string value, int partition = 0, int sequence = 0)
    {
        var request = Requests.Produce(topic, Batch(producer, sequence, value), partition: partition);
        request.TransactionalId = id;
        return Requests.Only(await client.AskAsync<ProduceRequest, ProduceResponse>(request, 12)).ErrorCode;
    }

    public static async Task<TransactionalProducer> EndTransactionAsync(this KafkaClient client, string id, TransactionalProducer producer, bool commit)
    {
        var answer = await client.AskAsync<EndTxnRequest, EndTxnResponse>(
            new() { TransactionalId = id, ProducerId = producer.Id, ProducerEpoch = producer.Epoch, Committed = commit }, 5);
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        return new TransactionalProducer(answer.ProducerId, answer.ProducerEpoch);
    }

    /// <summary>What a read_committed consumer makes of a partition, aborted transactions left out.</summary>
    public static async Task<string[]> ReadCommittedAsync(this KafkaClient client, string topic, int partition = 0)
    {
        var read = new List<string>();
        for (var offset = 0L; ;)
        {
            var request = Requests.Fetch(topic, offset, partition: partition);
            request.IsolationLevel = (sbyte)ReadCommitted;
            var data = await client.FetchAsync(request);
            if (data.Records.Length == 0)
                return [.. read];
            offset = Take(data, read);
        }
    }

    private static long Take(FetchResponse.PartitionData data, List<string> read)
    {
        var aborted = data.AbortedTransactions!.OrderBy(a => a.FirstOffset).ToList();
        var open = new HashSet<long>();
        var next = 0L;
        ReadOnlySpan<byte> rest = data.Records.Bytes.Span;
        while (RecordBatch.TryTake(ref rest, out var batch, out var header))
        {
            open.UnionWith(aborted.Where(a => a.FirstOffset <= header.LastOffset).Select(a => a.ProducerId));
            aborted.RemoveAll(a => a.FirstOffset <= header.LastOffset);
            using var reader = new RecordReader(batch);
            while (!header.IsControl && !open.Contains(header.ProducerId) && reader.Read(out var record))
                read.Add(Encoding.UTF8.GetString(record.Value));
            if (header.IsControl)
                open.Remove(header.ProducerId);
            next = header.NextOffset;
        }

        return next;
    }
}
