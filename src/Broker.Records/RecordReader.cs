namespace Broker.Records;

/// <summary>
/// Walks the records of one batch, decompressing where needed. Damaged input ends the walk early and sets
/// <see cref="Fault"/>; it never throws. Dispose gives the decompressed bytes back, so records must not outlive it.
/// </summary>
public ref struct RecordReader : IDisposable
{
    private readonly RecordBatchHeader _header;
    private readonly DecompressedRecords _decompressed;
    private RecordInput _input;
    private int _remaining;

    /// <param name="batch">A whole batch; bytes behind it are ignored. The CRC is not checked here.</param>
    public RecordReader(ReadOnlySpan<byte> batch)
    {
        if (!RecordBatch.TryTake(ref batch, out var whole, out _header))
        {
            Fault = BatchFault.Corrupt;
            return;
        }

        var payload = whole[RecordBatchHeader.Size..];
        if (_header.Compression != CompressionType.None)
        {
            _decompressed = Decompression.Decompress(_header.Compression, payload);
            Fault = _decompressed.Fault;
            payload = _decompressed.Bytes;
        }

        _input = new RecordInput(payload);
        _remaining = Fault == BatchFault.None ? _header.RecordCount : 0;
    }

    public readonly RecordBatchHeader Header => _header;

    /// <summary>Why the walk ended before the announced number of records; meaningful once <see cref="Read"/> returned false.</summary>
    public BatchFault Fault { get; private set; }

    public bool Read(out Record record)
    {
        record = default;
        if (_remaining <= 0)
            return false;
        if (TryReadRecord(ref _input, _header, out _, out record))
        {
            _remaining--;
            return true;
        }

        record = default;
        Fault = BatchFault.Invalid;
        _remaining = 0;
        return false;
    }

    public readonly void Dispose() => _decompressed.Dispose();

    internal static bool TryReadRecord(scoped ref RecordInput input, scoped in RecordBatchHeader header, out int offsetDelta, out Record record)
    {
        var length = input.Int();
        var body = new RecordInput(input.Take(length));
        body.Byte();
        var timestampDelta = body.Long();
        offsetDelta = body.Int();
        var key = body.Bytes(out var keyIsNull);
        var value = body.Bytes(out var valueIsNull);
        var headerCount = body.Int();
        var headers = body.Rest;
        if (headerCount < 0)
        {
            record = default;
            return false;
        }

        for (var i = 0; i < headerCount && !body.Failed; i++)
        {
            body.Bytes(out var headerKeyIsNull);
            body.Bytes(out _);
            if (headerKeyIsNull)
            {
                record = default;
                return false;
            }
        }

        var timestamp = header.TimestampType == TimestampType.LogAppendTime ? header.MaxTimestamp : unchecked(header.BaseTimestamp + timestampDelta);
        record = new Record(header.BaseOffset + offsetDelta, timestamp, !keyIsNull, key, !valueIsNull, value, headerCount, headers);
        return !input.Failed && !body.Failed && body.Remaining == 0;
    }
}
