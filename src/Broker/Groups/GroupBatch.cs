using System.Buffers.Binary;
using Broker.Records;

namespace Broker.Groups;

/// <summary>Group records as record batches, and back.</summary>
internal static class GroupBatch
{
    /// <summary>A decision with more than this goes into several batches, so that a consumer of the topic can take each.</summary>
    private const int MaxBatchBytes = 512 * 1024;

    private const short AbortMarker = 0;
    private const short CommitMarker = 1;

    /// <summary>What a transaction writes at once is one batch, so that the log takes all of it or nothing.</summary>
    public static byte[] Write(IReadOnlyList<GroupRecord> records, long timestampMs, TransactionalProducer? transaction = null)
    {
        var batches = new List<byte[]>();
        var builder = transaction is { } producer
            ? new RecordBatchBuilder { ProducerId = producer.Id, ProducerEpoch = producer.Epoch, IsTransactional = true }
            : new RecordBatchBuilder();
        foreach (var record in records)
        {
            if (transaction is null && builder.Count > 0 && builder.UncompressedSize > MaxBatchBytes)
            {
                batches.Add(builder.Build());
                builder = new RecordBatchBuilder();
            }

            builder.Add(timestampMs, GroupRecordFormat.Key(record), GroupRecordFormat.Value(record));
        }

        batches.Add(builder.Build());
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
