namespace Broker.Records;

/// <summary>Zig-zag varints: 7 bits a byte, low group first; at most 5 bytes for 32 bits, 10 for 64.</summary>
public static class Varint
{
    public const int MaxSize32 = 5;
    public const int MaxSize64 = 10;

    /// <summary>Bytes read, or 0 when the input ends early, runs too long or does not fit 32 bits.</summary>
    public static int Read(ReadOnlySpan<byte> source, out int value)
    {
        var read = Read(source, out long wide);
        value = (int)wide;
        return read <= MaxSize32 && value == wide ? read : 0;
    }

    /// <summary>Bytes read, or 0 when the input ends early, runs too long or does not fit 64 bits.</summary>
    public static int Read(ReadOnlySpan<byte> source, out long value)
    {
        var raw = 0ul;
        var limit = Math.Min(source.Length, MaxSize64);
        for (var i = 0; i < limit; i++)
        {
            var group = source[i];
            if (i == MaxSize64 - 1 && group > 1)
                break;
            raw |= (ulong)(group & 0x7f) << (7 * i);
            if ((group & 0x80) == 0)
            {
                value = (long)(raw >> 1) ^ -(long)(raw & 1);
                return i + 1;
            }
        }

        value = 0;
        return 0;
    }

    public static int Write(Span<byte> destination, long value)
    {
        var raw = ZigZag(value);
        var written = 0;
        for (; raw > 0x7f; raw >>= 7)
            destination[written++] = (byte)(raw | 0x80);
        destination[written++] = (byte)raw;
        return written;
    }

    public static int SizeOf(long value)
    {
        var size = 1;
        for (var raw = ZigZag(value); raw > 0x7f; raw >>= 7)
            size++;
        return size;
    }

    private static ulong ZigZag(long value) => ((ulong)value << 1) ^ (ulong)(value >> 63);
}
