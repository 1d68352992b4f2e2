using System.Buffers;
using Broker.Records;
using Broker.Storage.Disks;

namespace Broker.Storage.Compaction;

/// <summary>
/// Reads a sealed segment batch by batch, each whole and checked against its CRC: what compaction drops nobody can check later.
/// Memory grows to the largest batch. Not thread-safe.
/// </summary>
internal sealed class BatchReader(SegmentFiles files, int end) : IDisposable
{
    private const int BufferSize = 512 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private long _bufferPosition;
    private int _buffered;
    private long _next;
    private int _start;
    private RecordBatchHeader _header;

    public ref readonly RecordBatchHeader Header => ref _header;

    /// <summary>Valid until the next move.</summary>
    public ReadOnlySpan<byte> Batch => _buffer.AsSpan(_start, (int)_header.SizeInBytes);

    /// <exception cref="CorruptLogException">What stands there is no intact batch.</exception>
    public bool MoveNext()
    {
        if (_next == end)
            return false;
        var lastOffset = _header.LastOffset;
        var isFirst = _next == 0;
        if (!TryBuffer(RecordBatchHeader.Size)
            || !RecordBatchHeader.TryRead(_buffer.AsSpan(_start, _buffered - _start), out _header)
            || _header.SizeInBytes < RecordBatchHeader.Size
            || !TryBuffer(_header.SizeInBytes)
            || !RecordBatch.IsIntact(Batch, out _header))
        {
            throw Damage("it is no batch that matches its checksum");
        }

        if (isFirst ? _header.BaseOffset < files.BaseOffset : _header.BaseOffset <= lastOffset)
            throw Damage("its offset goes back");
        _next += _header.SizeInBytes;
        return true;
    }

    /// <summary>For damage that shows only in the records of the current batch.</summary>
    public CorruptLogException Damage(string what) => new(files.LogPath, _bufferPosition + _start, _header.BaseOffset, what);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <summary>Brings the bytes from the next batch's start on into the buffer; false when the segment has fewer.</summary>
    private bool TryBuffer(long count)
    {
        _start = (int)(_next - _bufferPosition);
        if (_start + count <= _buffered)
            return true;
        if (count > end - _next)
            return false;
        if (count > _buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent((int)count);
        }

        (_bufferPosition, _start) = (_next, 0);
        _buffered = (int)Math.Min(_buffer.Length, end - _next);
        files.Log.ReadExactly(_buffer.AsSpan(0, _buffered), _next);
        return true;
    }
}
