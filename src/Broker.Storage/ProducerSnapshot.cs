using System.Buffers;
using System.Buffers.Binary;
using Broker.Records;

namespace Broker.Storage;

/// <summary>Producer state as it stood at an offset, in the file named after it. A damaged snapshot counts as missing: the log has it all.</summary>
internal static class ProducerSnapshot
{
    private const uint Magic = 0x5053_4E31;
    private const int HeaderSize = 16;
    private const int ProducerSize = 19;
    private const int BatchSize = 32;

    public static byte[] Encode(ProducerStates states, long offset)
    {
        var output = new ArrayBufferWriter<byte>(HeaderSize + (states.Count * (ProducerSize + (ProducerState.Remembered * BatchSize))) + sizeof(uint));
        var header = output.GetSpan(HeaderSize);
        BinaryPrimitives.WriteUInt32BigEndian(header, Magic);
        BinaryPrimitives.WriteInt64BigEndian(header[4..], offset);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], states.Count);
        output.Advance(HeaderSize);
        foreach (var (id, producer) in states.InIdOrder)
            Write(output, id, producer);
        var crc = Crc32C.Compute(output.WrittenSpan);
        BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(sizeof(uint)), crc);
        output.Advance(sizeof(uint));
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Null when the bytes are damaged or of another offset.</summary>
    public static ProducerStates? Decode(ReadOnlySpan<byte> bytes, long offset)
    {
        if (bytes.Length < HeaderSize + sizeof(uint))
            return null;
        var body = bytes[..^sizeof(uint)];
        if (BinaryPrimitives.ReadUInt32BigEndian(body) != Magic
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[body.Length..]) != Crc32C.Compute(body)
            || BinaryPrimitives.ReadInt64BigEndian(body[4..]) != offset)
        {
            return null;
        }

        var states = new ProducerStates();
        var count = BinaryPrimitives.ReadInt32BigEndian(body[12..]);
        body = body[HeaderSize..];
        for (var i = 0; i < count; i++)
            Read(ref body, states);
        return states;
    }

    private static void Write(ArrayBufferWriter<byte> output, long id, ProducerState producer)
    {
        var entry = output.GetSpan(ProducerSize + (producer.Count * BatchSize));
        BinaryPrimitives.WriteInt64BigEndian(entry, id);
        BinaryPrimitives.WriteInt16BigEndian(entry[8..], producer.Epoch);
        BinaryPrimitives.WriteInt64BigEndian(entry[10..], producer.LastTimestamp);
        entry[18] = (byte)producer.Count;
        for (var i = 0; i < producer.Count; i++)
        {
            var batch = producer[i];
            var slot = entry[(ProducerSize + (i * BatchSize))..];
            BinaryPrimitives.WriteInt32BigEndian(slot, batch.FirstSequence);
            BinaryPrimitives.WriteInt32BigEndian(slot[4..], batch.LastSequence);
            BinaryPrimitives.WriteInt64BigEndian(slot[8..], batch.FirstOffset);
            BinaryPrimitives.WriteInt64BigEndian(slot[16..], batch.LastOffset);
            BinaryPrimitives.WriteInt64BigEndian(slot[24..], batch.Timestamp);
        }

        output.Advance(ProducerSize + (producer.Count * BatchSize));
    }

    private static void Read(ref ReadOnlySpan<byte> body, ProducerStates states)
    {
        var producer = new ProducerState(BinaryPrimitives.ReadInt16BigEndian(body[8..])) { LastTimestamp = BinaryPrimitives.ReadInt64BigEndian(body[10..]) };
        var id = BinaryPrimitives.ReadInt64BigEndian(body);
        var batches = body[18];
        body = body[ProducerSize..];
        for (var i = 0; i < batches; i++)
        {
            producer.Add(new SequencedBatch(
                BinaryPrimitives.ReadInt32BigEndian(body),
                BinaryPrimitives.ReadInt32BigEndian(body[4..]),
                BinaryPrimitives.ReadInt64BigEndian(body[8..]),
                BinaryPrimitives.ReadInt64BigEndian(body[16..]),
                BinaryPrimitives.ReadInt64BigEndian(body[24..])));
            body = body[BatchSize..];
        }

        states.Restore(id, producer);
    }
}
