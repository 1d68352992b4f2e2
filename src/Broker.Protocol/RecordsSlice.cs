namespace Broker.Protocol;

/// <summary>
/// Record batches of a fetch answer: either bytes in memory, or a length and the thing that can send that many bytes later,
/// so that a file slice never passes through the writer. The default is no records.
/// </summary>
public readonly struct RecordsSlice
{
    private RecordsSlice(int length, ReadOnlyMemory<byte> bytes, object? source)
    {
        Length = length;
        Bytes = bytes;
        Source = source;
    }

    public int Length { get; }

    /// <summary>The records themselves; empty when <see cref="Source"/> is set.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>What the connection takes the bytes from, or null when they are in <see cref="Bytes"/>.</summary>
    public object? Source { get; }

    public static RecordsSlice FromBytes(ReadOnlyMemory<byte> bytes) => new(bytes.Length, bytes, null);

    public static RecordsSlice FromSource(object source, int length)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new(length, default, source);
    }
}

/// <summary>Says that <paramref name="Length"/> bytes of <paramref name="Source"/> belong before byte <paramref name="Position"/> of the frame's own bytes.</summary>
public readonly record struct RecordsPlaceholder(int Position, int Length, object Source);
