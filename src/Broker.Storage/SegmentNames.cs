using System.Globalization;

namespace Broker.Storage;

/// <summary>File names are the base offset in 20 digits, so that they sort.</summary>
internal static class SegmentNames
{
    public const string Log = ".log";
    public const string OffsetIndex = ".index";
    public const string TimeIndex = ".timeindex";
    public const string TransactionIndex = ".txnindex";
    public const string Producers = ".snapshot";

    private const int Digits = 20;

    public static string PathOf(string directory, long offset, string suffix) =>
        Path.Combine(directory, offset.ToString("D20", CultureInfo.InvariantCulture) + suffix);

    /// <summary>Offsets of the files with this suffix, ascending; other names are no business of the log.</summary>
    public static long[] List(string directory, string suffix)
    {
        var offsets = new List<long>();
        foreach (var path in Directory.EnumerateFiles(directory, "*" + suffix))
        {
            var name = Path.GetFileName(path.AsSpan());
            if (name.Length == Digits + suffix.Length
                && long.TryParse(name[..Digits], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            {
                offsets.Add(offset);
            }
        }

        offsets.Sort();
        return [.. offsets];
    }
}
