using System.Buffers;
using System.Buffers.Binary;
using Broker.Records;

namespace Broker.Storage;

/// <summary>
/// Producer state as it stood at an offset, in the file named after it, in Kafka's format. Kafka remembers one batch per producer and takes
/// the last entry of an id; here each remembered batch is an entry, oldest first, so that both read the file and nothing is
/// lost. A damaged snapshot counts as missing: the log has it all.
/// </summary>
internal static class ProducerSnapshot
{
    private const short Version = 1;
    private const int CrcPosition = 2;
    private const int CountPosition = CrcPosition + sizeof(uint);
    private const int HeaderSize = CountPosition + sizeof(int);
    private const int EntrySize = 46;
    private const long NoOffset = -1;

    public static byte[] Encode(ProducerStates states)
    {
        var output = new ArrayBufferWriter<byte>(HeaderSize + (states.Count * EntrySize));
        output.Advance(HeaderSize);
        var count = 0;
        foreach (var (id, producer) in states.InIdOrder)
            count += Write(output, id, producer);
        var bytes = output.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt16BigEndian(bytes, Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(CountPosition), count);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(CrcPosition), Crc32C.Compute(bytes.AsSpan(CountPosition)));
        return bytes;
    }

    /// <summary>Null when the bytes are damaged.</summary>
    public static ProducerStates? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize
            || BinaryPrimitives.ReadInt16BigEndian(bytes) != Version
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcPosition..]) != Crc32C.Compute(bytes[CountPosition..])
            || (long)BinaryPrimitives.ReadInt32BigEndian(bytes[CountPosition..]) * EntrySize != bytes.Length - HeaderSize)
        {
            return null;
        }

        var states = new ProducerStates();
        for (var entries = bytes[HeaderSize..]; !entries.IsEmpty; entries = entries[EntrySize..])
            Read(entries, states);
        return states;
    }

    /// <summary>
    /// One entry per remembered batch. The last entry's time is the producer's newest, so where its last batch has another, that batch
    /// is written twice; a producer without batches has one entry without offset. Where it was seen later than its records say, an entry
    /// without offset in front of the others has that time.
    /// </summary>
    private static int Write(ArrayBufferWriter<byte> output, long id, ProducerState producer)
    {
        var none = new SequencedBatch(-1, -1, NoOffset, NoOffset, 0);
        var count = producer.Count;
        if (producer.SeenMs > producer.LastTimestamp)
        {
            WriteEntry(output, id, producer, none with { Timestamp = producer.SeenMs });
            count++;
        }

        for (var i = 0; i < producer.Count; i++)
            WriteEntry(output, id, producer, producer[i]);
        if (producer.Count > 0 && producer[producer.Count - 1].Timestamp == producer.LastTimestamp)
            return count;

        var last = producer.Count > 0 ? producer[producer.Count - 1] : none;
        WriteEntry(output, id, producer, last with { Timestamp = producer.LastTimestamp });
        return count + 1;
    }

    private static void WriteEntry(ArrayBufferWriter<byte> output, long id, ProducerState producer, in SequencedBatch batch)
    {
        var entry = output.GetSpan(EntrySize);
        BinaryPrimitives.WriteInt64BigEndian(entry, id);
        BinaryPrimitives.WriteInt16BigEndian(entry[8..], producer.Epoch);
        BinaryPrimitives.WriteInt32BigEndian(entry[10..], batch.LastSequence);
        BinaryPrimitives.WriteInt64BigEndian(entry[14..], batch.LastOffset);
        BinaryPrimitives.WriteInt32BigEndian(entry[22..], (int)(batch.LastOffset - batch.FirstOffset));
        BinaryPrimitives.WriteInt64BigEndian(entry[26..], batch.Timestamp);
        BinaryPrimitives.WriteInt32BigEndian(entry[34..], producer.CoordinatorEpoch);
        BinaryPrimitives.WriteInt64BigEndian(entry[38..], producer.TransactionStart);
        output.Advance(EntrySize);
    }

    private static void Read(ReadOnlySpan<byte> entry, ProducerStates states)
    {
        var id = BinaryPrimitives.ReadInt64BigEndian(entry);
        var lastSequence = BinaryPrimitives.ReadInt32BigEndian(entry[10..]);
        var lastOffset = BinaryPrimitives.ReadInt64BigEndian(entry[14..]);
        var offsetDelta = BinaryPrimitives.ReadInt32BigEndian(entry[22..]);
        var timestamp = BinaryPrimitives.ReadInt64BigEndian(entry[26..]);
        var producer = states.Find(id) ?? new ProducerState(BinaryPrimitives.ReadInt16BigEndian(entry[8..]))
        {
            CoordinatorEpoch = BinaryPrimitives.ReadInt32BigEndian(entry[34..]),
            TransactionStart = BinaryPrimitives.ReadInt64BigEndian(entry[38..]),
            SeenMs = lastOffset < 0 ? timestamp : -1,
        };
        producer.LastTimestamp = timestamp;
        if (lastOffset >= 0 && (producer.Count == 0 || producer[producer.Count - 1].LastOffset != lastOffset))
            producer.Add(new SequencedBatch(lastSequence < 0 ? lastSequence : (lastSequence - offsetDelta) & int.MaxValue, lastSequence, lastOffset - offsetDelta, lastOffset, timestamp));
        states.Restore(id, producer);
    }
}
