using System.Globalization;
using System.Text;
using Broker.Storage.Disks;

namespace Broker.Storage;

/// <param name="Epoch">A leader epoch with records.</param>
/// <param name="StartOffset">Where it began.</param>
internal readonly record struct EpochStart(int Epoch, long StartOffset);

/// <summary>
/// Where each leader epoch began. Batches carry their epoch too, but compaction takes batches away, and where an epoch ended must not
/// move. Changed under the log's lock, read without it.
/// </summary>
internal sealed class LeaderEpochs
{
    public const string FileName = "leader-epoch-checkpoint";

    private const string Version = "0";

    private volatile EpochStart[] _starts = [];
    private EpochStart[]? _saved;

    public ReadOnlySpan<EpochStart> Starts => _starts;

    /// <summary>To be called for every batch in order; only the first of an epoch makes an entry.</summary>
    public void Note(int epoch, long offset)
    {
        var starts = _starts;
        if (epoch >= 0 && (starts.Length == 0 || epoch > starts[^1].Epoch))
            _starts = [.. starts, new EpochStart(epoch, offset)];
    }

    /// <summary>Forgets epochs that ended at or below the log's start, and those that begin at or above its end.</summary>
    public void Clamp(long logStartOffset, long logEndOffset)
    {
        var starts = _starts;
        var first = 0;
        while (first + 1 < starts.Length && starts[first + 1].StartOffset <= logStartOffset)
            first++;
        var last = starts.Length;
        while (last > first && starts[last - 1].StartOffset >= logEndOffset)
            last--;
        if (first == 0 && last == starts.Length && (last == 0 || starts[0].StartOffset >= logStartOffset))
            return;
        starts = starts[first..last];
        if (starts.Length > 0 && starts[0].StartOffset < logStartOffset)
            starts[0] = starts[0] with { StartOffset = logStartOffset };
        _starts = starts;
    }

    /// <summary>The largest epoch with records that is at most <paramref name="epoch"/>, else the asked one, and where it ended.</summary>
    public (int Epoch, long EndOffset) EndOf(int epoch, long logEndOffset)
    {
        var starts = _starts;
        var next = 0;
        while (next < starts.Length && starts[next].Epoch <= epoch)
            next++;
        return (next == 0 ? epoch : starts[next - 1].Epoch, next == starts.Length ? logEndOffset : starts[next].StartOffset);
    }

    /// <summary>The epoch of the record at an offset, or of the next one; -1 when there is neither.</summary>
    public int EpochOf(long offset)
    {
        var starts = _starts;
        var last = -1;
        foreach (var start in starts)
        {
            if (start.StartOffset > offset)
                break;
            last = start.Epoch;
        }

        return last;
    }

    /// <summary>Forgets epochs without records, and replaces the file where it says otherwise. On disk when it returns.</summary>
    public void Save(Disk disk, string directory, long logStartOffset, long logEndOffset)
    {
        Clamp(logStartOffset, logEndOffset);
        if (_saved == _starts)
            return;
        disk.ReplaceFile(Path.Combine(directory, FileName), Encode());
        _saved = _starts;
    }

    /// <summary>Null when there is no file, or none that can be read.</summary>
    public static LeaderEpochs? Load(Disk disk, string directory)
    {
        var path = Path.Combine(directory, FileName);
        return disk.FileExists(path) ? Decode(disk.ReadFile(path)) : null;
    }

    /// <summary>Kafka's own format: version, number of entries, then a line with epoch and offset for each.</summary>
    public byte[] Encode()
    {
        var text = new StringBuilder();
        var starts = _starts;
        text.Append(CultureInfo.InvariantCulture, $"{Version}\n{starts.Length}\n");
        foreach (var start in starts)
            text.Append(CultureInfo.InvariantCulture, $"{start.Epoch} {start.StartOffset}\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Null when these are no such lines, or not ascending.</summary>
    public static LeaderEpochs? Decode(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.ASCII.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 2 || lines[0] != Version || lines[1] != (lines.Length - 2).ToString(CultureInfo.InvariantCulture))
            return null;
        var epochs = new LeaderEpochs();
        var starts = new EpochStart[lines.Length - 2];
        for (var i = 0; i < starts.Length; i++)
        {
            var parts = lines[i + 2].Split(' ');
            if (parts.Length != 2
                || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
                || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                || (i > 0 && (epoch <= starts[i - 1].Epoch || offset < starts[i - 1].StartOffset)))
            {
                return null;
            }

            starts[i] = new EpochStart(epoch, offset);
        }

        epochs._starts = epochs._saved = starts;
        return epochs;
    }
}
