using System.Text;
using Broker.Records;
using Broker.Storage.Compaction;

namespace Broker.Storage.Tests.Support;

/// <summary>Words for logs whose records have keys.</summary>
internal static class KeyedLog
{
    public static readonly CompactionBuffer Buffer = new(1 << 20, 0.9);

    /// <summary>One batch with a record for each "key=value"; "key" alone is a tombstone.</summary>
    public static AppendResult Put(this LogScenario scenario, params ReadOnlySpan<string> records) => scenario.Append(Keyed(scenario.NowMs, records));

    public static byte[] Keyed(long timestamp, params ReadOnlySpan<string> records) => Fill(new RecordBatchBuilder(), timestamp, records);

    public static byte[] Keyed(CompressionType codec, long timestamp, params ReadOnlySpan<string> records) => Fill(new RecordBatchBuilder(codec), timestamp, records);

    public static byte[] Transactional(long producerId, int sequence, long timestamp, params ReadOnlySpan<string> records) =>
        Fill(new RecordBatchBuilder { ProducerId = producerId, ProducerEpoch = 0, BaseSequence = sequence, IsTransactional = true }, timestamp, records);

    /// <summary>Closes the active segment, so that all of the log may be compacted, and begins another with one record.</summary>
    public static void Seal(this LogScenario scenario)
    {
        var options = scenario.Log.Options;
        scenario.Log.Options = options with { SegmentBytes = 1 };
        scenario.Put("seal=" + scenario.Log.LogEndOffset);
        scenario.Log.Options = options;
    }

    /// <summary>Every record that a consumer would see from the start on, as offset:key=value; a marker as offset:c or a.</summary>
    public static string Records(this PartitionLog log) => string.Join(' ', log.Batches().SelectMany(Describe));

    /// <summary>What remains of each key for who reads all that was committed: the last value, nothing for a tombstone.</summary>
    public static SortedDictionary<string, string> Newest(this PartitionLog log)
    {
        var newest = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var batch in log.Batches())
        {
            if (RecordBatchHeader.TryRead(batch, out var header) && (header.IsControl || log.IsAborted(header)))
                continue;
            using var reader = new RecordReader(batch);
            while (reader.Read(out var record))
            {
                newest.Remove(Encoding.UTF8.GetString(record.Key));
                if (record.HasValue)
                    newest.Add(Encoding.UTF8.GetString(record.Key), Encoding.UTF8.GetString(record.Value));
            }
        }

        return newest;
    }

    public static List<byte[]> Batches(this PartitionLog log)
    {
        var batches = new List<byte[]>();
        for (var offset = log.LogStartOffset; offset < log.LogEndOffset;)
        {
            using var slice = log.Read(offset, 1000, long.MaxValue, minOneBatch: true) ?? throw new InvalidOperationException($"nothing at {offset}");
            var bytes = new byte[slice.Length];
            slice.CopyTo(bytes);
            ReadOnlySpan<byte> rest = bytes;
            while (RecordBatch.TryTake(ref rest, out var batch, out var header))
            {
                Assert.True(RecordBatch.IsIntact(batch, out _));
                Assert.True(header.LastOffset >= offset);
                batches.Add(batch.ToArray());
                offset = header.NextOffset;
            }
        }

        return batches;
    }

    public static RecordBatchHeader HeaderAt(this PartitionLog log, long offset, long below = long.MaxValue)
    {
        using var slice = log.Read(offset, 1, below, minOneBatch: true)!;
        var bytes = new byte[slice.Length];
        slice.CopyTo(bytes);
        Assert.True(RecordBatchHeader.TryRead(bytes, out var header));
        return header;
    }

    private static bool IsAborted(this PartitionLog log, RecordBatchHeader header) =>
        header.IsTransactional && log.AbortedTransactions(header.BaseOffset, header.NextOffset).Any(a => a.ProducerId == header.ProducerId);

    private static List<string> Describe(byte[] batch)
    {
        var described = new List<string>();
        using var reader = new RecordReader(batch);
        if (reader.Header.IsControl)
            return EndTransactionMarker.TryRead(batch, out var marker) ? [$"{reader.Header.BaseOffset}:{(marker.Commit ? 'c' : 'a')}"] : described;
        while (reader.Read(out var record))
            described.Add($"{record.Offset}:{Encoding.UTF8.GetString(record.Key)}" + (record.HasValue ? "=" + Encoding.UTF8.GetString(record.Value) : ""));
        Assert.Equal(BatchFault.None, reader.Fault);
        return described;
    }

    private static byte[] Fill(RecordBatchBuilder builder, long timestamp, ReadOnlySpan<string> records)
    {
        foreach (var record in records)
        {
            var parts = record.Split('=');
            builder.Add(timestamp, Encoding.UTF8.GetBytes(parts[0]), parts.Length > 1 ? Encoding.UTF8.GetBytes(parts[1]) : null);
        }

        return builder.Build();
    }
}
