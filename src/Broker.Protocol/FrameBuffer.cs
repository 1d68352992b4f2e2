using System.Buffers;
using System.Buffers.Binary;

namespace Broker.Protocol;

/// <summary>
/// The growing bytes of one frame, rented from the shared pool, and the places where records from elsewhere belong between them.
/// One thread at a time. <see cref="Reset"/> starts the next frame in the same memory; what has grown past
/// <see cref="RetainedSize"/> is let go then.
/// </summary>
public sealed class FrameBuffer : IDisposable
{
    public const int RetainedSize = 64 * 1024;

    private const int InitialSize = 1024;
    private const int RetainedRecords = RetainedSize / 32;

    private readonly List<RecordsPlaceholder> _records = [];
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialSize);

    /// <summary>Number of own bytes written, without the records that are sent from elsewhere.</summary>
    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>In order of position.</summary>
    public IReadOnlyList<RecordsPlaceholder> Records => _records;

    /// <summary>Number of bytes the peer will see: the own ones and those of all placeholders.</summary>
    public long TotalLength
    {
        get
        {
            long total = Length;
            foreach (var slice in _records)
                total += slice.Length;
            return total;
        }
    }

    internal Span<byte> Append(int count)
    {
        if (count > _bytes.Length - Length)
            Grow(count);

        var span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }

    internal void AppendPlaceholder(int length, object source) => _records.Add(new(Length, length, source));

    /// <summary>Puts <paramref name="inserted"/> before the byte at <paramref name="position"/>.</summary>
    internal void Insert(int position, ReadOnlySpan<byte> inserted)
    {
        var tail = Length - position;
        Append(inserted.Length);
        _bytes.AsSpan(position, tail).CopyTo(_bytes.AsSpan(position + inserted.Length));
        inserted.CopyTo(_bytes.AsSpan(position));
    }

    internal void SetInt32(int position, int value) => BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(position, 4), value);

    public void Reset()
    {
        Length = 0;
        _records.Clear();
        if (_records.Capacity > RetainedRecords)
            _records.Capacity = 0;
        if (_bytes.Length <= RetainedSize)
            return;

        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = ArrayPool<byte>.Shared.Rent(InitialSize);
    }

    public void Dispose()
    {
        if (_bytes.Length == 0)
            return;

        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
        _records.Clear();
    }

    private void Grow(int count)
    {
        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + count), (int)Math.Min(2L * _bytes.Length, Array.MaxLength)));
        _bytes.AsSpan(0, Length).CopyTo(grown);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = grown;
    }
}
