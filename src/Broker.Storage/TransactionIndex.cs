using System.Buffers.Binary;

namespace Broker.Storage;

/// <param name="ProducerId">Whose transaction was aborted.</param>
/// <param name="FirstOffset">Its first record here.</param>
/// <param name="LastOffset">Its abort marker.</param>
/// <param name="LastStableOffset">Once the marker stood: where the earliest transaction then open began, else the offset after the marker.</param>
internal readonly record struct AbortedRange(long ProducerId, long FirstOffset, long LastOffset, long LastStableOffset);

/// <summary>
/// Entries of 34 bytes, big-endian, for the transactions whose abort marker lies in the segment: version (i16, 0) and the four
/// numbers of <see cref="AbortedRange"/> (i64). Ascending by last offset. A segment without aborted transactions has no file.
/// </summary>
internal static class TransactionIndex
{
    public const int EntrySize = 34;

    private const short Version = 0;

    public static void Write(Span<byte> entry, in AbortedRange range)
    {
        BinaryPrimitives.WriteInt16BigEndian(entry, Version);
        BinaryPrimitives.WriteInt64BigEndian(entry[2..], range.ProducerId);
        BinaryPrimitives.WriteInt64BigEndian(entry[10..], range.FirstOffset);
        BinaryPrimitives.WriteInt64BigEndian(entry[18..], range.LastOffset);
        BinaryPrimitives.WriteInt64BigEndian(entry[26..], range.LastStableOffset);
    }

    public static AbortedRange At(ReadOnlySpan<byte> entries, int index)
    {
        var entry = entries.Slice(index * EntrySize, EntrySize);
        return new AbortedRange(
            BinaryPrimitives.ReadInt64BigEndian(entry[2..]),
            BinaryPrimitives.ReadInt64BigEndian(entry[10..]),
            BinaryPrimitives.ReadInt64BigEndian(entry[18..]),
            BinaryPrimitives.ReadInt64BigEndian(entry[26..]));
    }

    public static int Count(ReadOnlySpan<byte> entries) => entries.Length / EntrySize;

    /// <summary>Whether these can be the entries of a segment that reaches from <paramref name="baseOffset"/> to <paramref name="endOffset"/>.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> entries, long baseOffset, long endOffset)
    {
        if (entries.Length % EntrySize != 0)
            return false;
        var last = baseOffset - 1;
        for (var i = 0; i < Count(entries); i++)
        {
            var range = At(entries, i);
            var version = BinaryPrimitives.ReadInt16BigEndian(entries[(i * EntrySize)..]);
            if (version != Version || range.FirstOffset < 0 || range.FirstOffset >= range.LastOffset || range.LastOffset <= last || range.LastOffset >= endOffset)
                return false;
            last = range.LastOffset;
        }

        return true;
    }

    /// <summary>Adds the transactions that have records from <paramref name="from"/> on and below <paramref name="toExclusive"/>.</summary>
    /// <returns>False when no later segment can have another.</returns>
    public static bool Collect(ReadOnlySpan<byte> entries, long from, long toExclusive, ref List<AbortedRange>? found)
    {
        for (var i = 0; i < Count(entries); i++)
        {
            var range = At(entries, i);
            if (range.LastOffset >= from && range.FirstOffset < toExclusive)
                (found ??= []).Add(range);
            if (range.LastStableOffset >= toExclusive)
                return false;
        }

        return true;
    }
}
