using Broker.Records;

namespace Broker.Transactions;

/// <summary>Transaction states as record batches, and back.</summary>
internal static class TransactionBatch
{
    /// <param name="transactionalId">The record's key.</param>
    /// <param name="state">Null to forget the id.</param>
    /// <param name="timestampMs">Unix milliseconds.</param>
    public static byte[] Write(string transactionalId, TransactionState? state, long timestampMs) => new RecordBatchBuilder()
        .Add(timestampMs, TransactionRecordFormat.Key(transactionalId), state is null ? null : TransactionRecordFormat.Value(state))
        .Build();

    /// <exception cref="InvalidDataException">A record is not what its key says.</exception>
    public static List<(string TransactionalId, TransactionState? State)> Read(ReadOnlySpan<byte> batch)
    {
        var records = new List<(string, TransactionState?)>();
        using var reader = new RecordReader(batch);
        while (reader.Read(out var record))
        {
            if (TransactionRecordFormat.Read(record.Key.ToArray(), record.HasValue ? record.Value.ToArray() : (Memory<byte>?)null) is { } known)
                records.Add(known);
        }

        return reader.Fault == BatchFault.None ? records : throw new InvalidDataException($"A batch of the transaction state is {reader.Fault}.");
    }
}
