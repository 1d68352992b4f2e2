using Broker.Records;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests.Crashes;

/// <summary>What a compacted log must still have of all that was appended to it.</summary>
internal static class CompactedLedger
{
    /// <param name="found">The log.</param>
    /// <param name="appended">All that was appended below its end, deleted or not.</param>
    public static void Check(PartitionLog found, IReadOnlyList<(RecordBatchHeader Header, byte[] Bytes)> appended)
    {
        var aborted = Aborted(appended);
        var expected = appended.SelectMany(static b => Records(b.Bytes)).Where(r => r.Offset >= found.LogStartOffset).ToList();
        var batches = found.Batches();
        var actual = batches.SelectMany(Records).Where(r => r.Offset >= found.LogStartOffset).ToList();

        Assert.Empty(actual.Except(expected));
        Assert.Equal(actual.Select(static r => r.Offset).Distinct().Order(), actual.Select(static r => r.Offset));
        Assert.Equal(Newest(expected, aborted), Newest(actual, aborted));
        CheckAborted(found, actual, aborted);
        CheckProducers(found, appended);
        CheckTimes(found, batches);
    }

    /// <summary>The last value of each key, for who reads what was not aborted from the start to the end.</summary>
    private static SortedDictionary<string, string> Newest(List<LogRecord> records, List<AbortedRange> aborted)
    {
        var newest = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in records.Where(r => r.Key.Length > 0 && !aborted.Any(r.IsIn)))
        {
            newest.Remove(record.Key);
            if (record.Value is { } value)
                newest.Add(record.Key, value);
        }

        return newest;
    }

    /// <summary>An aborted transaction may be forgotten with its last record, and not before; found again after a crash, it begins with the first that is left.</summary>
    private static void CheckAborted(PartitionLog found, List<LogRecord> actual, List<AbortedRange> aborted)
    {
        var listed = found.AbortedTransactions(found.LogStartOffset, long.MaxValue);
        Assert.All(listed, a => Assert.Contains(aborted, range => Begins(a, range, range.LastOffset)));
        foreach (var range in aborted)
        {
            if (actual.Find(r => r.IsIn(range)) is { } first)
                Assert.Contains(listed, a => Begins(a, range, first.Offset));
        }

        static bool Begins(AbortedTransaction transaction, AbortedRange range, long atLatest) =>
            transaction.ProducerId == range.ProducerId && transaction.FirstOffset >= range.FirstOffset && transaction.FirstOffset <= atLatest;
    }

    /// <summary>Where each producer is. Of its batches before the last, those that compaction emptied are forgotten by a replay.</summary>
    private static void CheckProducers(PartitionLog found, IReadOnlyList<(RecordBatchHeader Header, byte[] Bytes)> appended)
    {
        var replayed = new ProducerStates();
        foreach (var (header, bytes) in appended)
            replayed.Update(header, bytes, nowMs: -1);
        Assert.Equal(
            replayed.InIdOrder.Select(static p => (p.Key, p.Value.Epoch, p.Value.LastSequence, p.Value.TransactionStart)),
            found.Producers.InIdOrder.Select(static p => (p.Key, p.Value.Epoch, p.Value.LastSequence, p.Value.TransactionStart)));
    }

    /// <summary>A marker has a time too, and is found by it.</summary>
    private static void CheckTimes(PartitionLog found, IEnumerable<byte[]> batches)
    {
        var times = batches.SelectMany(Times).Where(t => t.Offset >= found.LogStartOffset).ToList();
        foreach (var timestamp in times.Select(static t => t.Timestamp).Distinct())
            Assert.Equal(times.First(t => t.Timestamp >= timestamp).Offset, found.FindByTimestamp(timestamp)?.Offset);
    }

    private static List<(long Offset, long Timestamp)> Times(byte[] batch)
    {
        var times = new List<(long, long)>();
        using var reader = new RecordReader(batch);
        while (reader.Read(out var record))
            times.Add((record.Offset, record.Timestamp));
        return times;
    }

    private static List<AbortedRange> Aborted(IReadOnlyList<(RecordBatchHeader Header, byte[] Bytes)> appended)
    {
        var (states, aborted) = (new ProducerStates(), new List<AbortedRange>());
        foreach (var (header, bytes) in appended)
        {
            if (states.Update(header, bytes, nowMs: -1) is { } range)
                aborted.Add(range);
        }

        return aborted;
    }

    private static List<LogRecord> Records(byte[] batch)
    {
        var records = new List<LogRecord>();
        using var reader = new RecordReader(batch);
        while (!reader.Header.IsControl && reader.Read(out var record))
        {
            records.Add(new LogRecord(
                record.Offset,
                record.Timestamp,
                reader.Header.IsTransactional ? reader.Header.ProducerId : -1,
                Convert.ToHexString(record.Key),
                record.HasValue ? Convert.ToHexString(record.Value) : null));
        }

        Assert.Equal(BatchFault.None, reader.Fault);
        return records;
    }

    private sealed record LogRecord(long Offset, long Timestamp, long TransactionOf, string Key, string? Value)
    {
        public bool IsIn(AbortedRange range) => TransactionOf == range.ProducerId && Offset >= range.FirstOffset && Offset <= range.LastOffset;
    }
}
