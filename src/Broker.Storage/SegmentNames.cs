using System.Globalization;
using Broker.Storage.Disks;

namespace Broker.Storage;

/// <summary>File names are the base offset in 20 digits, so that they sort.</summary>
internal static class SegmentNames
{
    public const string Log = ".log";
    public const string OffsetIndex = ".index";
    public const string TimeIndex = ".timeindex";
    public const string TransactionIndex = ".txnindex";
    public const string Producers = ".snapshot";

    /// <summary>Behind the names of a compacted segment's files while they are written.</summary>
    public const string Cleaned = ".cleaned";

    /// <summary>Behind the name of a compacted segment's log from the moment on when it counts and the segments that it replaces do not.</summary>
    public const string Swap = ".swap";

    private const int Digits = 20;

    /// <summary>What can be made again from the log.</summary>
    public static string[] Indexes { get; } = [OffsetIndex, TimeIndex, TransactionIndex];

    public static string PathOf(string directory, long offset, string suffix) =>
        Path.Combine(directory, offset.ToString("D20", CultureInfo.InvariantCulture) + suffix);

    /// <summary>The log last: while it is there the segment is, and its other files can be made again.</summary>
    public static void Delete(Disk disk, string directory, long baseOffset)
    {
        foreach (var suffix in (ReadOnlySpan<string>)[OffsetIndex, TimeIndex, TransactionIndex, Producers, Log])
            disk.DeleteFile(PathOf(directory, baseOffset, suffix));
    }

    public static void DeleteCleaned(Disk disk, string directory, long baseOffset)
    {
        foreach (var suffix in (ReadOnlySpan<string>)[OffsetIndex, TimeIndex, TransactionIndex, Log])
            disk.DeleteFile(PathOf(directory, baseOffset, suffix + Cleaned));
    }

    /// <summary>Offsets of the files with this suffix, ascending; other names are no business of the log.</summary>
    public static long[] List(Disk disk, string directory, string suffix) => List(disk.ListFiles(directory), suffix);

    /// <inheritdoc cref="List(Disk, string, string)"/>
    public static long[] List(string[] names, string suffix)
    {
        var offsets = new List<long>();
        foreach (var name in names)
        {
            if (name.Length == Digits + suffix.Length
                && name.EndsWith(suffix, StringComparison.Ordinal)
                && long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            {
                offsets.Add(offset);
            }
        }

        offsets.Sort();
        return [.. offsets];
    }
}
