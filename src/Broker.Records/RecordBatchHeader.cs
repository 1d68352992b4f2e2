using System.Buffers.Binary;

namespace Broker.Records;

/// <summary>
/// The 61 bytes in front of every v2 batch, big-endian. The CRC covers byte 21 to the batch's end, so
/// <see cref="BaseOffset"/> and <see cref="PartitionLeaderEpoch"/> may be rewritten without touching it.
/// </summary>
public readonly record struct RecordBatchHeader(
    long BaseOffset,
    int BatchLength,
    int PartitionLeaderEpoch,
    sbyte Magic,
    uint Crc,
    short Attributes,
    int LastOffsetDelta,
    long BaseTimestamp,
    long MaxTimestamp,
    long ProducerId,
    short ProducerEpoch,
    int BaseSequence,
    int RecordCount)
{
    public const int Size = 61;
    public const sbyte CurrentMagic = 2;
    public const long NoTimestamp = -1;
    public const long NoProducerId = -1;
    public const short NoProducerEpoch = -1;
    public const int NoSequence = -1;

    /// <summary>Base offset and length: what comes before the bytes that <see cref="BatchLength"/> counts.</summary>
    public const int LengthPrefix = 12;

    /// <summary>First byte that the CRC covers.</summary>
    public const int ChecksumStart = 21;

    internal const int LengthPosition = 8;
    internal const int LeaderEpochPosition = 12;
    internal const int CrcPosition = 17;
    internal const int AttributesPosition = ChecksumStart;
    internal const int MaxTimestampPosition = 35;

    internal const short CompressionMask = 0x07;
    internal const short LogAppendTimeBit = 0x08;
    internal const short TransactionalBit = 0x10;
    internal const short ControlBit = 0x20;
    internal const short DeleteHorizonBit = 0x40;

    /// <summary>Header and records, in bytes. Not trustworthy before <see cref="BatchLength"/> was compared with the bytes at hand.</summary>
    public long SizeInBytes => (long)LengthPrefix + BatchLength;

    public long LastOffset => BaseOffset + LastOffsetDelta;

    public long NextOffset => LastOffset + 1;

    /// <summary>May be a value without a name: the bits come from outside.</summary>
    public CompressionType Compression => (CompressionType)(Attributes & CompressionMask);

    public TimestampType TimestampType => (Attributes & LogAppendTimeBit) == 0 ? TimestampType.CreateTime : TimestampType.LogAppendTime;

    public bool IsTransactional => (Attributes & TransactionalBit) != 0;

    public bool IsControl => (Attributes & ControlBit) != 0;

    /// <summary>
    /// Set by compaction: from then on, in milliseconds since the Unix epoch, the batch's tombstones, or the marker it is, may go (KIP-534). It stands in
    /// <see cref="BaseTimestamp"/>, from which the records' timestamps are counted all the same.
    /// </summary>
    public long? DeleteHorizonMs => (Attributes & DeleteHorizonBit) == 0 ? null : BaseTimestamp;

    public bool HasProducerId => ProducerId >= 0;

    /// <summary>Sequences wrap from <see cref="int.MaxValue"/> to 0.</summary>
    public int LastSequence => BaseSequence < 0 ? NoSequence : (int)(((long)BaseSequence + LastOffsetDelta) & int.MaxValue);

    /// <summary>False only when fewer than <see cref="Size"/> bytes are at hand; what the fields say is not judged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out RecordBatchHeader header)
    {
        if (source.Length < Size)
        {
            header = default;
            return false;
        }

        header = new RecordBatchHeader(
            BinaryPrimitives.ReadInt64BigEndian(source),
            BinaryPrimitives.ReadInt32BigEndian(source[LengthPosition..]),
            BinaryPrimitives.ReadInt32BigEndian(source[LeaderEpochPosition..]),
            (sbyte)source[16],
            BinaryPrimitives.ReadUInt32BigEndian(source[CrcPosition..]),
            BinaryPrimitives.ReadInt16BigEndian(source[AttributesPosition..]),
            BinaryPrimitives.ReadInt32BigEndian(source[23..]),
            BinaryPrimitives.ReadInt64BigEndian(source[27..]),
            BinaryPrimitives.ReadInt64BigEndian(source[MaxTimestampPosition..]),
            BinaryPrimitives.ReadInt64BigEndian(source[43..]),
            BinaryPrimitives.ReadInt16BigEndian(source[51..]),
            BinaryPrimitives.ReadInt32BigEndian(source[53..]),
            BinaryPrimitives.ReadInt32BigEndian(source[57..]));
        return true;
    }

    /// <summary>Writes <see cref="Size"/> bytes, the CRC as it stands in <see cref="Crc"/>.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination, BaseOffset);
        BinaryPrimitives.WriteInt32BigEndian(destination[LengthPosition..], BatchLength);
        BinaryPrimitives.WriteInt32BigEndian(destination[LeaderEpochPosition..], PartitionLeaderEpoch);
        destination[16] = (byte)Magic;
        BinaryPrimitives.WriteUInt32BigEndian(destination[CrcPosition..], Crc);
        BinaryPrimitives.WriteInt16BigEndian(destination[AttributesPosition..], Attributes);
        BinaryPrimitives.WriteInt32BigEndian(destination[23..], LastOffsetDelta);
        BinaryPrimitives.WriteInt64BigEndian(destination[27..], BaseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(destination[MaxTimestampPosition..], MaxTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(destination[43..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(destination[51..], ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(destination[53..], BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(destination[57..], RecordCount);
    }
}
