using System.Buffers.Binary;

namespace Broker.Storage;

/// <summary>
/// Entries of 12 bytes, big-endian: the largest timestamp so far (i64) and the last offset of the batch that has it,
/// relative to the segment's base (i32). Ascending in both: no record up to that offset is newer.
/// </summary>
internal static class TimeIndex
{
    public const int EntrySize = 12;

    public static void Write(Span<byte> entry, long timestamp, int relativeOffset)
    {
        BinaryPrimitives.WriteInt64BigEndian(entry, timestamp);
        BinaryPrimitives.WriteInt32BigEndian(entry[8..], relativeOffset);
    }

    public static (long Timestamp, int RelativeOffset) At(ReadOnlySpan<byte> entries, int index)
    {
        var entry = entries.Slice(index * EntrySize, EntrySize);
        return (BinaryPrimitives.ReadInt64BigEndian(entry), BinaryPrimitives.ReadInt32BigEndian(entry[8..]));
    }

    public static int Count(ReadOnlySpan<byte> entries) => entries.Length / EntrySize;

    public static bool IsAscending(ReadOnlySpan<byte> entries)
    {
        for (var i = 1; i < Count(entries); i++)
        {
            var (before, after) = (At(entries, i - 1), At(entries, i));
            if (after.Timestamp <= before.Timestamp || after.RelativeOffset <= before.RelativeOffset)
                return false;
        }

        return true;
    }

    /// <summary>Index of the last entry whose timestamp is at most <paramref name="timestamp"/>; -1 when there is none.</summary>
    public static int Floor(ReadOnlySpan<byte> entries, long timestamp)
    {
        var (low, high) = (0, Count(entries) - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (At(entries, middle).Timestamp <= timestamp)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return high;
    }
}
