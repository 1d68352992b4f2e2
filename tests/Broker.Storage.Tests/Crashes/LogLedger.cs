using Broker.Records;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests.Crashes;

/// <summary>What the user of a log was told, and what was under way: what a log found after a crash must agree with.</summary>
internal sealed class LogLedger
{
    private readonly List<(RecordBatchHeader Header, byte[] Bytes)> _batches = [];
    private (RecordBatchHeader Header, byte[] Bytes)? _pending;

    /// <summary>Every record below was known to be on disk.</summary>
    public long Flushed { get; set; }

    /// <summary>The largest log start anybody saw.</summary>
    public long Start { get; set; }

    /// <summary>The log start may be on its way to here.</summary>
    public long PendingStart { get; set; }

    /// <summary>The log was compacted, or is being: not every record is there any more.</summary>
    public bool IsCompacted { get; set; }

    private long End => _batches.Count == 0 ? 0 : _batches[^1].Header.NextOffset;

    private IEnumerable<(RecordBatchHeader Header, byte[] Bytes)> WithPending => _pending is { } pending ? _batches.Append(pending) : _batches;

    public void Begin(byte[] batch)
    {
        var placed = batch.ToArray();
        PendingAppend.Place(placed, End, LogScenario.Epoch, RecordBatchHeader.NoTimestamp);
        Assert.True(RecordBatchHeader.TryRead(placed, out var header));
        _pending = (header, placed);
    }

    public void Appended()
    {
        _batches.Add(_pending!.Value);
        _pending = null;
    }

    public void Refused() => _pending = null;

    /// <summary>The log was opened after a crash: what is not there any more is forgotten, what was under way is there or is not.</summary>
    public void Continue(PartitionLog log)
    {
        if (_pending is { } pending && log.LogEndOffset == pending.Header.NextOffset)
            Appended();
        _pending = null;
        _batches.RemoveAll(batch => batch.Header.BaseOffset >= log.LogEndOffset);
        Flushed = log.FlushedOffset;
        Start = PendingStart = log.LogStartOffset;
    }

    public void Check(PartitionLog found)
    {
        Assert.InRange(found.LogStartOffset, Start, PendingStart);
        Assert.InRange(found.LogEndOffset, Math.Max(Flushed, found.LogStartOffset), WithPending.Select(b => b.Header.NextOffset).LastOrDefault());
        if (IsCompacted)
        {
            CompactedLedger.Check(found, [.. WithPending.Where(b => b.Header.BaseOffset < found.LogEndOffset)]);
            return;
        }

        CheckBatches(found);
        CheckProducers(found);
        CheckTimes(found);
        CheckAborted(found);
    }

    private void CheckBatches(PartitionLog found)
    {
        var expected = WithPending.Where(b => b.Header.NextOffset > found.LogStartOffset && b.Header.BaseOffset < found.LogEndOffset).ToList();
        var offset = found.LogStartOffset;
        foreach (var (header, bytes) in expected)
        {
            using var slice = found.Read(offset, 1, long.MaxValue, minOneBatch: true) ?? throw new InvalidOperationException($"Nothing is at {offset}.");
            var read = new byte[slice.Length];
            slice.CopyTo(read);
            Assert.Equal(bytes, read);
            offset = header.NextOffset;
        }

        Assert.Equal(found.LogEndOffset, offset);
    }

    /// <summary>As a replay of all that was ever appended: what producers did is remembered when their batches are deleted.</summary>
    private void CheckProducers(PartitionLog found)
    {
        var replayed = new ProducerStates();
        foreach (var (header, bytes) in WithPending.Where(b => b.Header.BaseOffset < found.LogEndOffset))
            replayed.Update(header, bytes, nowMs: -1);
        Assert.Equal(ProducerSnapshot.Encode(replayed), ProducerSnapshot.Encode(found.Producers));
    }

    private void CheckTimes(PartitionLog found)
    {
        var records = Records().Where(r => r.Offset >= found.LogStartOffset && r.Offset < found.LogEndOffset).ToList();
        foreach (var timestamp in records.Select(r => r.Timestamp).Distinct())
            Assert.Equal(records.First(r => r.Timestamp >= timestamp).Offset, found.FindByTimestamp(timestamp)?.Offset);

        // A largest one that was deleted out of the middle of a segment hides the others in it.
        if (records.Count > 0 && records.Max(r => r.Timestamp) == Records().Max(r => r.Timestamp))
            Assert.Equal(records.MaxBy(r => r.Timestamp).Offset, found.MaxTimestamp()?.Offset);
    }

    private void CheckAborted(PartitionLog found)
    {
        var states = new ProducerStates();
        var aborted = new List<(AbortedRange Range, long Marker)>();
        foreach (var (header, bytes) in WithPending.Where(b => b.Header.BaseOffset < found.LogEndOffset))
        {
            if (states.Update(header, bytes, nowMs: -1) is { } range)
                aborted.Add((range, header.BaseOffset));
        }

        var expected = aborted.Where(a => a.Marker >= found.LogStartOffset).Select(a => new AbortedTransaction(a.Range.ProducerId, a.Range.FirstOffset));
        var possible = aborted.Select(a => new AbortedTransaction(a.Range.ProducerId, a.Range.FirstOffset)).ToHashSet();
        var listed = found.AbortedTransactions(found.LogStartOffset, long.MaxValue);
        Assert.Empty(expected.Except(listed));
        Assert.All(listed, a => Assert.Contains(a, possible));
    }

    private IEnumerable<(long Offset, long Timestamp)> Records()
    {
        var records = new List<(long, long)>();
        foreach (var (_, bytes) in WithPending)
        {
            using var reader = new RecordReader(bytes);
            while (reader.Read(out var record))
                records.Add((record.Offset, record.Timestamp));
        }

        return records;
    }
}
