using Broker.Records;
using Broker.Storage.Disks;

namespace Broker.Storage;

/// <summary>
/// Reads batch headers one after the other out of a segment's file through a small buffer on the caller's stack.
/// A header that cannot be one is damage: the reader must not follow its length.
/// </summary>
internal ref struct HeaderCursor(SegmentFiles files, Span<byte> buffer, long limit)
{
    public const int BufferSize = 4096;

    private readonly Span<byte> _buffer = buffer;
    private long _bufferPosition;
    private int _buffered;

    /// <summary>False at <paramref name="position"/> = limit.</summary>
    /// <exception cref="CorruptLogException">No whole batch is there.</exception>
    public bool TryRead(long position, out RecordBatchHeader header)
    {
        if (position >= limit)
        {
            header = default;
            return false;
        }

        if (!RecordBatchHeader.TryRead(At(position), out header)
            || header.Magic != RecordBatchHeader.CurrentMagic
            || header.SizeInBytes < RecordBatchHeader.Size
            || header.SizeInBytes > limit - position)
        {
            throw new CorruptLogException(files.LogPath, position, header.BaseOffset, "no batch header is there");
        }

        return true;
    }

    /// <summary>Whether a batch with this last offset starts at <paramref name="position"/>; never throws for what it finds there.</summary>
    public bool IsBatchEndingAt(long position, long lastOffset) =>
        position + RecordBatchHeader.Size <= limit
        && RecordBatchHeader.TryRead(At(position), out var header)
        && header.Magic == RecordBatchHeader.CurrentMagic
        && header.LastOffset == lastOffset;

    private ReadOnlySpan<byte> At(long position)
    {
        var start = position - _bufferPosition;
        if (start < 0 || start + RecordBatchHeader.Size > _buffered)
        {
            _bufferPosition = position;
            _buffered = (int)Math.Min(_buffer.Length, limit - position);
            files.Log.ReadExactly(_buffer[.._buffered], position);
            start = 0;
        }

        return _buffer[(int)start.._buffered];
    }
}
