namespace Broker.Storage;

/// <summary>
/// Entries of the active segment's index, in memory in the form they have on disk. One writer appends; readers see a
/// prefix of whole entries without a lock.
/// </summary>
internal sealed class IndexBuffer(int entrySize)
{
    private const int FirstCapacity = 64;

    private byte[] _bytes = new byte[FirstCapacity * entrySize];
    private int _length;

    /// <summary>The length is read first: an array seen after it holds at least that much.</summary>
    public ReadOnlySpan<byte> Entries
    {
        get
        {
            var length = Volatile.Read(ref _length);
            return Volatile.Read(ref _bytes).AsSpan(0, length);
        }
    }

    public int SizeInBytes => _length;

    public void Load(byte[] entries)
    {
        Volatile.Write(ref _bytes, entries);
        Volatile.Write(ref _length, entries.Length);
    }

    public void Append(ReadOnlySpan<byte> entry)
    {
        if (_length + entry.Length > _bytes.Length)
        {
            var larger = new byte[Math.Max(_bytes.Length * 2, FirstCapacity * entrySize)];
            _bytes.CopyTo(larger, 0);
            entry.CopyTo(larger.AsSpan(_length));
            Volatile.Write(ref _bytes, larger);
        }
        else
        {
            entry.CopyTo(_bytes.AsSpan(_length));
        }

        Volatile.Write(ref _length, _length + entry.Length);
    }
}
