using System.Buffers.Binary;
using Broker.Records;

namespace Broker.Groups;

/// <summary>Group records as record batches, and back.</summary>
internal static class GroupBatch
{
    /// <summary>A decision with more than this goes into several batches, so that a consumer of the topic can take each.</summary>
    private const int MaxBatchBytes = 512 * 1024;

    /// <summary>No less than what a record has beside its key and value.</summary>
    private const int RecordOverhead = 64;

    private const short AbortMarker = 0;
    private const short CommitMarker = 1;

    /// <summary>What a transaction writes at once is one batch, so that the log takes all of it or nothing.</summary>
    /// <param name="records">At least one.</param>
    /// <param name="timestampMs">Unix milliseconds.</param>
    /// <param name="transaction">Whose they are; null for none.</param>
    /// <param name="maxBytes">What a batch may have.</param>
    /// <returns>Null when a batch would have more.</returns>
    public static byte[]? Write(IReadOnlyList<GroupRecord> records, long timestampMs, TransactionalProducer? transaction, int maxBytes)
    {
        var batches = new List<byte[]>();
        var builder = transaction is { } producer
            ? new RecordBatchBuilder { ProducerId = producer.Id, ProducerEpoch = producer.Epoch, IsTransactional = true }
            : new RecordBatchBuilder();
        foreach (var record in records)
        {
            var (key, value) = (GroupRecordFormat.Key(record), GroupRecordFormat.Value(record));
            var next = builder.UncompressedSize + key.Length + (value?.Length ?? 0) + RecordOverhead;
            if (transaction is null && builder.Count > 0 && (builder.UncompressedSize > MaxBatchBytes || next > maxBytes))
            {
                batches.Add(builder.Build());
                builder = new RecordBatchBuilder();
            }

            builder.Add(timestampMs, key, value);
        }

        batches.Add(builder.Build());
        if (batches.Exists(b => b.Length > maxBytes))
            return null;
        return batches is [var only] ? only : [.. batches.SelectMany(b => b)];
    }

    /// <summary>The records of a batch that is not a control batch, each with its offset.</summary>
    /// <exception cref="InvalidDataException">A record is not what its key says.</exception>
    public static List<(GroupRecord Record, long Offset)> Read(ReadOnlySpan<byte> batch)
    {
        var records = new List<(GroupRecord, long)>();
        using var reader = new RecordReader(batch);

        while (reader.Read(out var record))
        {
            if (GroupRecordFormat.Read(record.Key.ToArray(), record.HasValue ? record.Value.ToArray() : (Memory<byte>?)null) is { } known)
                records.Add((known, record.Offset));
        }

        return reader.Fault == BatchFault.None ? records : throw new InvalidDataException($"A batch of the offsets topic is {reader.Fault}.");
    }

    /// <summary>Whether a control batch commits the transaction of its producer; null when it marks something else.</summary>
    public static bool? ReadMarker(ReadOnlySpan<byte> batch)
    {
        using var reader = new RecordReader(batch);
        if (!reader.Read(out var record) || record.Key.Length < 2 * sizeof(short))
            return null;
        return BinaryPrimitives.ReadInt16BigEndian(record.Key[sizeof(short)..]) switch
        {
            AbortMarker => false,
            CommitMarker => true,
            _ => null,
        };
    }
}
