using System.Buffers.Binary;

namespace Broker.Storage;

/// <summary>
/// Entries of 8 bytes, big-endian: a batch's last offset relative to the segment's base (i32), the batch's position in
/// the file (i32). Ascending in both.
/// </summary>
internal static class OffsetIndex
{
    public const int EntrySize = 8;

    public static void Write(Span<byte> entry, int relativeOffset, int position)
    {
        BinaryPrimitives.WriteInt32BigEndian(entry, relativeOffset);
        BinaryPrimitives.WriteInt32BigEndian(entry[4..], position);
    }

    public static (int RelativeOffset, int Position) At(ReadOnlySpan<byte> entries, int index)
    {
        var entry = entries.Slice(index * EntrySize, EntrySize);
        return (BinaryPrimitives.ReadInt32BigEndian(entry), BinaryPrimitives.ReadInt32BigEndian(entry[4..]));
    }

    public static int Count(ReadOnlySpan<byte> entries) => entries.Length / EntrySize;

    public static bool IsAscending(ReadOnlySpan<byte> entries)
    {
        for (var i = 1; i < Count(entries); i++)
        {
            var (before, after) = (At(entries, i - 1), At(entries, i));
            if (after.RelativeOffset <= before.RelativeOffset || after.Position <= before.Position)
                return false;
        }

        return true;
    }

    /// <summary>Index of the last entry whose offset is at most <paramref name="relativeOffset"/>; -1 when there is none.</summary>
    public static int FloorByOffset(ReadOnlySpan<byte> entries, long relativeOffset)
    {
        var (low, high) = (0, Count(entries) - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (At(entries, middle).RelativeOffset <= relativeOffset)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return high;
    }

    /// <summary>Index of the last entry whose position is at most <paramref name="position"/>; -1 when there is none.</summary>
    public static int FloorByPosition(ReadOnlySpan<byte> entries, long position)
    {
        var (low, high) = (0, Count(entries) - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (At(entries, middle).Position <= position)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return high;
    }
}
