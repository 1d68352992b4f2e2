namespace Broker.Storage.Disks;

/// <summary>Bytes that grow without being copied, small ones aside. Not thread-safe.</summary>
internal sealed class MemoryChunks
{
    private const int FirstSize = 256;
    private const int ChunkSize = 64 * 1024;

    private readonly List<byte[]> _chunks = [];

    public long Length { get; private set; }

    public MemoryChunks Clone()
    {
        var clone = new MemoryChunks { Length = Length };
        foreach (var chunk in _chunks)
            clone._chunks.Add([.. chunk]);
        return clone;
    }

    public int Read(Span<byte> destination, long position)
    {
        var count = (int)Math.Clamp(Length - position, 0, destination.Length);
        destination = destination[..count];
        while (!destination.IsEmpty)
        {
            var (chunk, offset) = ((int)(position / ChunkSize), (int)(position % ChunkSize));
            var piece = _chunks[chunk].AsSpan(offset, Math.Min(destination.Length, ChunkSize - offset));
            piece.CopyTo(destination);
            destination = destination[piece.Length..];
            position += piece.Length;
        }

        return count;
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        if (position + source.Length > Length)
            SetLength(position + source.Length);
        while (!source.IsEmpty)
        {
            var (chunk, offset) = ((int)(position / ChunkSize), (int)(position % ChunkSize));
            var count = Math.Min(source.Length, ChunkSize - offset);
            source[..count].CopyTo(_chunks[chunk].AsSpan(offset));
            source = source[count..];
            position += count;
        }
    }

    /// <summary>What is new is zero.</summary>
    public void SetLength(long length)
    {
        var count = (int)((length + ChunkSize - 1) / ChunkSize);
        if (length < Length)
        {
            if (count < _chunks.Count)
                _chunks.RemoveRange(count, _chunks.Count - count);
            if (count > 0)
                Array.Clear(_chunks[^1], (int)(length - ((count - 1L) * ChunkSize)), _chunks[^1].Length - (int)(length - ((count - 1L) * ChunkSize)));
        }
        else
        {
            if (_chunks.Count > 0)
                Grow(_chunks.Count - 1, count == _chunks.Count ? length - ((count - 1L) * ChunkSize) : ChunkSize);
            for (var i = _chunks.Count; i < count; i++)
            {
                _chunks.Add([]);
                Grow(i, i == count - 1 ? length - ((count - 1L) * ChunkSize) : ChunkSize);
            }
        }

        Length = length;
    }

    private void Grow(int index, long size)
    {
        if (_chunks[index].Length >= size)
            return;
        var larger = new byte[Math.Min(ChunkSize, Math.Max(FirstSize, Math.Max(size, _chunks[index].Length * 2L)))];
        _chunks[index].CopyTo(larger, 0);
        _chunks[index] = larger;
    }
}
