using Broker.Protocol.Messages;
using Broker.Records;

namespace Broker.InProcess;

/// <summary>Makes records of fetched batches, without control records and, where the answer says which, without aborted ones.</summary>
internal static class BatchDecoding
{
    /// <summary>Adds what is at or behind an offset until there are so many records in all.</summary>
    /// <returns>The offset behind the last record that was looked at.</returns>
    public static long Decode(
        ReadOnlySpan<byte> batches, FetchResponse.PartitionData data, long from, int maxRecords, List<StoredRecord> records)
    {
        var aborted = new AbortedProducers(data.AbortedTransactions ?? []);
        var next = from;
        while (records.Count < maxRecords && RecordBatch.TryTake(ref batches, out var batch, out var header))
        {
            if (header.IsControl)
                aborted.PassMarker(header);
            else if (!aborted.Includes(header))
                next = Decode(batch, data.PartitionIndex, from, maxRecords, records);

            if (records.Count < maxRecords)
                next = Math.Max(from, header.NextOffset);
        }

        return next;
    }

    private static long Decode(ReadOnlySpan<byte> batch, int partition, long from, int maxRecords, List<StoredRecord> records)
    {
        using var reader = new RecordReader(batch);
        var next = from;
        while (records.Count < maxRecords && reader.Read(out var record))
        {
            if (record.Offset < from)
                continue;
            records.Add(new StoredRecord(
                partition,
                record.Offset,
                record.Timestamp,
                record.HasKey ? record.Key.ToArray() : null,
                record.HasValue ? record.Value.ToArray() : null,
                record.HeaderCount == 0 ? [] : record.ReadHeaders()));
            next = record.Offset + 1;
        }

        return next;
    }

    /// <summary>Whose transactional batches are not to be seen, from the first offset of each aborted transaction to its marker.</summary>
    private sealed class AbortedProducers(IReadOnlyList<FetchResponse.AbortedTransaction> transactions)
    {
        private readonly HashSet<long> _open = [];
        private int _next;

        public bool Includes(in RecordBatchHeader header)
        {
            if (!header.IsTransactional)
                return false;
            Advance(header.LastOffset);
            return _open.Contains(header.ProducerId);
        }

        public void PassMarker(in RecordBatchHeader header)
        {
            Advance(header.LastOffset);
            _open.Remove(header.ProducerId);
        }

        /// <summary>They come in the order of their first offsets.</summary>
        private void Advance(long offset)
        {
            for (; _next < transactions.Count && transactions[_next].FirstOffset <= offset; _next++)
                _open.Add(transactions[_next].ProducerId);
        }
    }
}
