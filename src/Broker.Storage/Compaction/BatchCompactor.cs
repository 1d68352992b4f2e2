using Broker.Records;

namespace Broker.Storage.Compaction;

/// <param name="LastDataOffset">Last offset of its newest batch in its epoch, -1 without one.</param>
/// <param name="Epoch">Its newest.</param>
internal readonly record struct ProducerMark(long LastDataOffset, short Epoch);

/// <summary>
/// Decides, batch after batch from the log's start on, what compaction keeps: the newest record of each key, a tombstone until its time has come,
/// a marker as long as batches of its transaction are left, and the bare header of a batch from which a producer's last sequence and epoch are known.
/// Offsets never change. Not thread-safe.
/// </summary>
internal sealed class BatchCompactor
{
    private readonly OffsetMap _map;
    private readonly long _mapEnd;
    private readonly CompactedTransactions _transactions;
    private readonly IReadOnlyDictionary<long, ProducerMark> _producers;
    private readonly long _nowMs;
    private readonly long _newHorizonMs;
    private readonly RecordBatchEditor _editor = new();
    private readonly RecordBatchEditor.RecordFilter _staysForKey;
    private readonly RecordBatchEditor.RecordFilter _stays = static (scoped in _) => true;
    private long? _deleteHorizonMs;

    /// <param name="map">Newest offset of each key below <paramref name="mapEnd"/>.</param>
    /// <param name="mapEnd">Records from here on stay.</param>
    /// <param name="transactions">At the log's start.</param>
    /// <param name="producers">Those that the log remembers.</param>
    /// <param name="nowMs">In milliseconds since the Unix epoch.</param>
    /// <param name="deleteRetentionMs">How long tombstones and markers stay after they were first met.</param>
    public BatchCompactor(
        OffsetMap map, long mapEnd, CompactedTransactions transactions, IReadOnlyDictionary<long, ProducerMark> producers, long nowMs, long deleteRetentionMs)
    {
        _map = map;
        _mapEnd = mapEnd;
        _transactions = transactions;
        _producers = producers;
        _nowMs = nowMs;
        _newHorizonMs = nowMs + deleteRetentionMs;
        _staysForKey = StaysForKey;
    }

    public long RecordsRead { get; private set; }

    public long RecordsWritten { get; private set; }

    /// <summary>Adds what is left of a batch.</summary>
    /// <param name="reader">At the batch.</param>
    /// <param name="draft">Where it goes.</param>
    /// <param name="draftEnd">Where the draft ends: the batch in front of it stays, if only as a header, so that the end can be read from the file.</param>
    /// <returns>Whether all of it was left, as it was.</returns>
    /// <exception cref="CorruptLogException">Its records cannot be read.</exception>
    public bool Compact(BatchReader reader, SegmentDraft draft, long draftEnd)
    {
        ref readonly var header = ref reader.Header;
        RecordsRead += header.RecordCount;
        var isMarkerOfNothing = false;
        bool isGone;
        if (header.IsControl)
        {
            isMarkerOfNothing = _transactions.SeeMarker(reader.Batch, header, out var aborted);
            if (aborted is { } range)
                draft.AddAborted(range);
            isGone = isMarkerOfNothing && header.DeleteHorizonMs <= _nowMs;
        }
        else
        {
            isGone = _transactions.SeeData(header);
        }

        var staysEmpty = header.NextOffset == draftEnd || IsLastOfProducer(header);
        if (isGone && !staysEmpty)
            return false;
        _deleteHorizonMs = header.DeleteHorizonMs;
        var fault = _editor.Filter(reader.Batch, header.IsControl ? _stays : _staysForKey);
        if (fault != BatchFault.None)
            throw reader.Damage("its records cannot be read");
        return isGone || _editor.Kept == 0 ? AddEmpty(reader, draft, staysEmpty) : AddKept(reader, draft, isMarkerOfNothing || _editor.KeepsTombstone);
    }

    private bool AddEmpty(BatchReader reader, SegmentDraft draft, bool stays)
    {
        if (!stays)
            return false;
        var wasEmpty = reader.Header.RecordCount == 0;
        draft.Add(wasEmpty ? reader.Batch : _editor.BuildEmpty());
        return wasEmpty;
    }

    private bool AddKept(BatchReader reader, SegmentDraft draft, bool needsHorizon)
    {
        RecordsWritten += _editor.Kept;
        var horizon = _deleteHorizonMs ?? (needsHorizon ? _newHorizonMs : null);
        var isWhole = _editor.Kept == reader.Header.RecordCount && horizon == _deleteHorizonMs;
        draft.Add(isWhole ? reader.Batch : _editor.Build(horizon));
        return isWhole;
    }

    private bool StaysForKey(scoped in Record record) =>
        record.Offset >= _mapEnd
        || (record.HasKey && record.Offset >= _map.OffsetOf(record.Key) && (record.HasValue || _deleteHorizonMs is null || _nowMs < _deleteHorizonMs));

    private bool IsLastOfProducer(in RecordBatchHeader header) =>
        header.HasProducerId
        && _producers.TryGetValue(header.ProducerId, out var producer)
        && (producer.LastDataOffset >= 0 ? header.LastOffset == producer.LastDataOffset : header.IsControl && header.ProducerEpoch == producer.Epoch);
}
