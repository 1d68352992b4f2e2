using System.Buffers.Binary;
using System.Text;

namespace Broker.Protocol;

/// <summary>
/// Reads the fields of one frame. Latching: input that is too short or breaks a rule sets <see cref="Failed"/>, and from then on
/// every read answers zero or empty, so decoders are straight lines and ask once at the end. Nothing here throws on bad input.
/// Every length and count is held against the bytes left before memory is taken for it.
/// </summary>
public ref partial struct ProtocolReader
{
    /// <summary>Kafka's limit for a string of either encoding.</summary>
    private const int MaxStringLength = short.MaxValue;

    /// <summary>Of one element of an array: its object and the one that answers it, and their places in lists.</summary>
    private const int ElementFootprint = 256;

    private readonly Memory<byte> _frame;
    private readonly ReadOnlySpan<byte> _span;
    private readonly KnownStrings? _strings;
    private int _position;
    private int _elements;
    private int _recordBytes;
    private int _end;

    /// <param name="frame">The bytes after the length prefix. Records handed out are slices of it.</param>
    /// <param name="flexible">Whether lengths are compact and structures end in tagged fields.</param>
    /// <param name="strings">Where strings are looked for before they are made; null makes each.</param>
    public ProtocolReader(Memory<byte> frame, bool flexible = false, KnownStrings? strings = null)
    {
        _frame = frame;
        _span = frame.Span;
        _strings = strings;
        _end = frame.Length;
        Flexible = flexible;
    }

    /// <summary>A request header is not flexible in the same way as its body, so this changes between the two.</summary>
    public bool Flexible { get; set; }

    public bool Failed { get; private set; }

    /// <summary>Of the whole frame, in bytes.</summary>
    public readonly int Length => _frame.Length;

    /// <summary>
    /// About how many bytes what was read takes as objects, with an answer of the same shape. Records are not counted: they lie in the frame.
    /// </summary>
    public readonly long Footprint => (2L * (_position - _recordBytes)) + ((long)ElementFootprint * _elements);

    public readonly int Position => _position;

    public readonly int Remaining => _end - _position;

    public bool ReadBoolean() => ReadInt8() != 0;

    public sbyte ReadInt8() => TryTake(1, out var bytes) ? (sbyte)bytes[0] : (sbyte)0;

    public short ReadInt16() => TryTake(2, out var bytes) ? BinaryPrimitives.ReadInt16BigEndian(bytes) : (short)0;

    public int ReadInt32() => TryTake(4, out var bytes) ? BinaryPrimitives.ReadInt32BigEndian(bytes) : 0;

    public long ReadInt64() => TryTake(8, out var bytes) ? BinaryPrimitives.ReadInt64BigEndian(bytes) : 0;

    public double ReadFloat64() => TryTake(8, out var bytes) ? BinaryPrimitives.ReadDoubleBigEndian(bytes) : 0;

    public Guid ReadUuid() => TryTake(16, out var bytes) ? new Guid(bytes, bigEndian: true) : Guid.Empty;

    public ErrorCode ReadErrorCode() => (ErrorCode)ReadInt16();

    /// <summary>At most five bytes; more, or bits past the 32nd, is a failure.</summary>
    public uint ReadUnsignedVarint()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            if (!TryTake(1, out var bytes))
                return 0;

            var b = bytes[0];
            if (shift == 28 && b > 0x0F)
                break;

            value |= (uint)(b & 0x7F) << shift;
            if ((b & 0x80) == 0)
                return value;
        }

        Fail();
        return 0;
    }

    public string ReadString() => ReadNullableString() ?? FailedAs("");

    public string? ReadNullableString()
    {
        var length = Flexible ? ReadCompactLength() : ReadInt16();
        if (length < 0 || length > MaxStringLength)
        {
            if (length != -1)
                Fail();
            return null;
        }

        return !TryTake(length, out var bytes) ? "" : _strings?.Get(bytes) ?? Encoding.UTF8.GetString(bytes);
    }

    /// <summary>A copy that outlives the frame.</summary>
    public byte[] ReadBytes() => ReadNullableBytes() ?? FailedAs<byte[]>([]);

    public byte[]? ReadNullableBytes()
    {
        var length = ReadLength();
        return length == -1 ? null : TryTake(length, out var bytes) ? bytes.ToArray() : [];
    }

    /// <summary>Record batches as a slice of the frame, no copy: the broker writes offsets into them in place.</summary>
    public Memory<byte>? ReadNullableRecords()
    {
        var length = ReadLength();
        if (length == -1)
            return null;

        var start = _position;
        if (!TryTake(length, out _))
            return Memory<byte>.Empty;

        _recordBytes += length;
        return _frame.Slice(start, length);
    }

    /// <summary>Ends the decoding: every later read answers zero or empty.</summary>
    public void Fail()
    {
        Failed = true;
        _position = _end;
    }

    private int ReadLength() => Flexible ? ReadCompactLength() : ReadInt32();

    /// <summary>-1 for null; too large for an int comes back as -2, which no field accepts.</summary>
    private int ReadCompactLength()
    {
        var encoded = ReadUnsignedVarint();
        return encoded > int.MaxValue ? -2 : (int)encoded - 1;
    }

    private bool TryTake(int count, out ReadOnlySpan<byte> bytes)
    {
        if (Failed || (uint)count > (uint)(_end - _position))
        {
            Fail();
            bytes = default;
            return false;
        }

        bytes = _span.Slice(_position, count);
        _position += count;
        return true;
    }

    private T FailedAs<T>(T value)
    {
        Fail();
        return value;
    }
}
