using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Broker.Records;

/// <summary>Records in, the bytes of one batch out. For what the broker writes itself, for tools and for tests; not thread-safe.</summary>
public sealed class RecordBatchBuilder(CompressionType compression = CompressionType.None)
{
    private readonly ArrayBufferWriter<byte> _records = new();
    private readonly ArrayBufferWriter<byte> _record = new();
    private long _baseTimestamp = RecordBatchHeader.NoTimestamp;
    private long _maxTimestamp = RecordBatchHeader.NoTimestamp;

    /// <summary>Default 0; a log assigns its own.</summary>
    public long BaseOffset { get; init; }

    /// <summary>Default -1, unknown; a log assigns its own.</summary>
    public int LeaderEpoch { get; init; } = -1;

    public long ProducerId { get; init; } = RecordBatchHeader.NoProducerId;

    public short ProducerEpoch { get; init; } = RecordBatchHeader.NoProducerEpoch;

    public int BaseSequence { get; init; } = RecordBatchHeader.NoSequence;

    public bool IsTransactional { get; init; }

    public bool IsControl { get; init; }

    public int Count { get; private set; }

    /// <summary>Size of the batch if it were built now without compression, in bytes.</summary>
    public int UncompressedSize => RecordBatchHeader.Size + _records.WrittenCount;

    /// <summary>The marker that ends a transaction: key (version, type), value (version, coordinator epoch).</summary>
    public static byte[] EndTransactionMarker(long timestamp, long producerId, short producerEpoch, bool commit, int coordinatorEpoch)
    {
        var key = new byte[4];
        BinaryPrimitives.WriteInt16BigEndian(key, Records.EndTransactionMarker.Version);
        BinaryPrimitives.WriteInt16BigEndian(key.AsSpan(2), commit ? Records.EndTransactionMarker.CommitType : Records.EndTransactionMarker.AbortType);
        var value = new byte[6];
        BinaryPrimitives.WriteInt16BigEndian(value, Records.EndTransactionMarker.Version);
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(2), coordinatorEpoch);
        return new RecordBatchBuilder { ProducerId = producerId, ProducerEpoch = producerEpoch, IsTransactional = true, IsControl = true }
            .Add(timestamp, key, value)
            .Build();
    }

    /// <param name="timestamp">Milliseconds since the Unix epoch; -1 is none.</param>
    /// <param name="key">Null is no key, which is not an empty one.</param>
    /// <param name="value">Null is a tombstone on a compacted topic.</param>
    /// <param name="headers">In the order given; keys may repeat.</param>
    public RecordBatchBuilder Add(long timestamp, byte[]? key, byte[]? value, params ReadOnlySpan<RecordHeader> headers)
    {
        if (Count == 0)
            _baseTimestamp = timestamp;
        _maxTimestamp = Math.Max(_maxTimestamp, timestamp);

        _record.ResetWrittenCount();
        _record.Write<byte>([0]);
        WriteVarint(_record, timestamp - _baseTimestamp);
        WriteVarint(_record, Count);
        WriteBytes(_record, key);
        WriteBytes(_record, value);
        WriteVarint(_record, headers.Length);
        foreach (var header in headers)
        {
            WriteBytes(_record, Encoding.UTF8.GetBytes(header.Key));
            WriteBytes(_record, header.Value);
        }

        WriteVarint(_records, _record.WrittenCount);
        _records.Write(_record.WrittenSpan);
        Count++;
        return this;
    }

    /// <exception cref="InvalidOperationException">No record was added: the format has no empty batch from a client.</exception>
    public byte[] Build()
    {
        if (Count == 0)
            throw new InvalidOperationException("A batch needs at least one record.");

        var output = new MemoryStream(UncompressedSize);
        output.Write(stackalloc byte[RecordBatchHeader.Size]);
        Compression.Compress(compression, _records.WrittenSpan, output);
        var batch = output.ToArray();

        var attributes = (short)compression;
        if (IsTransactional)
            attributes |= RecordBatchHeader.TransactionalBit;
        if (IsControl)
            attributes |= RecordBatchHeader.ControlBit;
        var header = new RecordBatchHeader(
            BaseOffset, batch.Length - RecordBatchHeader.LengthPrefix, LeaderEpoch, RecordBatchHeader.CurrentMagic, Crc: 0, attributes,
            Count - 1, _baseTimestamp, _maxTimestamp, ProducerId, ProducerEpoch, BaseSequence, Count);
        header.Write(batch);
        (header with { Crc = RecordBatch.ComputeCrc(batch) }).Write(batch);
        return batch;
    }

    private static void WriteBytes(ArrayBufferWriter<byte> output, byte[]? bytes)
    {
        WriteVarint(output, bytes?.Length ?? -1);
        output.Write(bytes);
    }

    private static void WriteVarint(ArrayBufferWriter<byte> output, long value) =>
        output.Advance(Varint.Write(output.GetSpan(Varint.MaxSize64), value));
}
