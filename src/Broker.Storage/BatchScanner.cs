using System.Buffers;
using Broker.Records;
using Broker.Storage.Disks;

namespace Broker.Storage;

/// <summary>
/// Walks the batches of a log file that nobody vouches for. Memory use does not depend on what the bytes announce. It
/// stops at the end or at the first thing that is not a whole batch, and says which.
/// </summary>
internal sealed class BatchScanner(DiskFile file, long start, long end, bool checkCrc) : IDisposable
{
    private const int BufferSize = 256 * 1024;
    private const int HeadersOnlyBufferSize = 8 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(checkCrc ? BufferSize : HeadersOnlyBufferSize);
    private long _bufferPosition;
    private int _buffered;
    private RecordBatchHeader _header;

    public ref readonly RecordBatchHeader Header => ref _header;

    /// <summary>Where the current batch starts; after the last, where the next one would.</summary>
    public long Position { get; private set; } = start;

    public long NextPosition { get; private set; } = start;

    /// <summary>Why the walk stopped before the end of the file.</summary>
    public string? Damage { get; private set; }

    /// <exception cref="IOException">The file cannot be read, which is not the same as damage.</exception>
    public bool MoveNext()
    {
        Position = NextPosition;
        var left = end - Position;
        if (left == 0 || Damage is not null)
            return false;
        if (left < RecordBatchHeader.Size)
            return Stop($"{left} bytes are less than a batch header");

        RecordBatchHeader.TryRead(Buffered(Position, RecordBatchHeader.Size), out _header);
        if (_header.Magic != RecordBatchHeader.CurrentMagic || _header.SizeInBytes < RecordBatchHeader.Size)
            return Stop("no batch header is there");
        if (_header.SizeInBytes > left)
            return Stop($"of a batch of {_header.SizeInBytes} bytes only {left} are there");
        if (checkCrc && ComputeCrc(Position + RecordBatchHeader.Size, Position + _header.SizeInBytes) != _header.Crc)
            return Stop("the batch does not match its checksum");

        NextPosition = Position + _header.SizeInBytes;
        return true;
    }

    /// <summary>The first bytes of the current batch, all of it where it is as small as a control batch; valid until the next move.</summary>
    public ReadOnlySpan<byte> FirstBytes()
    {
        var size = (int)Math.Min(_header.SizeInBytes, HeadersOnlyBufferSize);
        return Buffered(Position, size)[..size];
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private bool Stop(string damage)
    {
        Damage = damage;
        return false;
    }

    private uint ComputeCrc(long from, long to)
    {
        var header = Buffered(Position, RecordBatchHeader.Size);
        var crc = Crc32C.Compute(header[RecordBatchHeader.ChecksumStart..RecordBatchHeader.Size]);
        while (from < to)
        {
            var piece = Buffered(from, 1);
            if (piece.Length > to - from)
                piece = piece[..(int)(to - from)];
            crc = Crc32C.Append(crc, piece);
            from += piece.Length;
        }

        return crc;
    }

    /// <summary>What the buffer holds from <paramref name="position"/> on, at least <paramref name="count"/> bytes.</summary>
    private ReadOnlySpan<byte> Buffered(long position, int count)
    {
        var offset = position - _bufferPosition;
        if (offset < 0 || offset + count > _buffered)
        {
            _bufferPosition = position;
            _buffered = (int)Math.Min(_buffer.Length, end - position);
            file.ReadExactly(_buffer.AsSpan(0, _buffered), position);
            offset = 0;
        }

        return _buffer.AsSpan((int)offset, _buffered - (int)offset);
    }
}
