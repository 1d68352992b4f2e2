using System.Buffers.Binary;
using System.Text;

namespace Broker.Protocol;

/// <summary>
/// Writes the fields of one frame into a <see cref="FrameBuffer"/>. Cheap to create; the buffer is the state. A value the
/// version cannot express (a string over 32,767 bytes) is a fault of the caller and throws.
/// </summary>
public readonly ref struct ProtocolWriter(FrameBuffer buffer, bool flexible = false)
{
    private readonly FrameBuffer _buffer = buffer;

    public bool Flexible { get; } = flexible;

    public void WriteBoolean(bool value) => _buffer.Append(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteInt8(sbyte value) => _buffer.Append(1)[0] = (byte)value;

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(_buffer.Append(2), value);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(_buffer.Append(4), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(_buffer.Append(8), value);

    public void WriteFloat64(double value) => BinaryPrimitives.WriteDoubleBigEndian(_buffer.Append(8), value);

    public void WriteUuid(Guid value) => value.TryWriteBytes(_buffer.Append(16), bigEndian: true, out _);

    public void WriteErrorCode(ErrorCode value) => WriteInt16((short)value);

    public void WriteUnsignedVarint(uint value)
    {
        Span<byte> bytes = stackalloc byte[5];
        var size = EncodeUnsignedVarint(bytes, value);
        bytes[..size].CopyTo(_buffer.Append(size));
    }

    public void WriteString(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var size = Encoding.UTF8.GetByteCount(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, short.MaxValue, nameof(value));

        if (Flexible)
            WriteUnsignedVarint((uint)size + 1);
        else
            WriteInt16((short)size);
        Encoding.UTF8.GetBytes(value, _buffer.Append(size));
    }

    public void WriteNullableString(string? value)
    {
        if (value is not null)
            WriteString(value);
        else if (Flexible)
            WriteUnsignedVarint(0);
        else
            WriteInt16(-1);
    }

    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteLength(value.Length);
        value.CopyTo(_buffer.Append(value.Length));
    }

    public void WriteNullableBytes(byte[]? value)
    {
        if (value is null)
            WriteLength(-1);
        else
            WriteBytes(value);
    }

    /// <summary>Never writes null: clients drop the whole answer when no records come as null instead of zero bytes.</summary>
    public void WriteRecords(RecordsSlice records)
    {
        if (records.Source is null)
            WriteBytes(records.Bytes.Span);
        else
            WriteRecordsPlaceholder(records.Length, records.Source);
    }

    /// <summary>Writes the length of records and notes that their bytes come from <paramref name="source"/>.</summary>
    public void WriteRecordsPlaceholder(int length, object source)
    {
        WriteLength(length);
        _buffer.AppendPlaceholder(length, source);
    }

    public void WriteNullableRecords(Memory<byte>? records)
    {
        if (records is null)
            WriteLength(-1);
        else
            WriteBytes(records.Value.Span);
    }

    public void WriteArray<T>(IReadOnlyList<T> items, short version)
        where T : IMessage<T>
    {
        WriteLength(items.Count);
        var writer = this;
        for (var i = 0; i < items.Count; i++)
            items[i].Write(ref writer, version);
    }

    public void WriteNullableArray<T>(IReadOnlyList<T>? items, short version)
        where T : IMessage<T>
    {
        if (items is null)
            WriteLength(-1);
        else
            WriteArray(items, version);
    }

    /// <summary>A structure that may be absent: one byte in front says so.</summary>
    public void WriteNullableStructure<T>(T? value, short version)
        where T : class, IMessage<T>
    {
        WriteInt8(value is null ? (sbyte)-1 : (sbyte)1);
        var writer = this;
        value?.Write(ref writer, version);
    }

    public void WriteInt8Array(IReadOnlyList<sbyte> items)
    {
        WriteLength(items.Count);
        for (var i = 0; i < items.Count; i++)
            WriteInt8(items[i]);
    }

    public void WriteInt64Array(IReadOnlyList<long> items)
    {
        WriteLength(items.Count);
        for (var i = 0; i < items.Count; i++)
            WriteInt64(items[i]);
    }

    public void WriteInt32Array(IReadOnlyList<int> items)
    {
        WriteLength(items.Count);
        for (var i = 0; i < items.Count; i++)
            WriteInt32(items[i]);
    }

    public void WriteNullableInt32Array(IReadOnlyList<int>? items)
    {
        if (items is null)
            WriteLength(-1);
        else
            WriteInt32Array(items);
    }

    public void WriteStringArray(IReadOnlyList<string> items)
    {
        WriteLength(items.Count);
        for (var i = 0; i < items.Count; i++)
            WriteString(items[i]);
    }

    public void WriteNullableStringArray(IReadOnlyList<string>? items)
    {
        if (items is null)
            WriteLength(-1);
        else
            WriteStringArray(items);
    }

    /// <summary>The number of tagged fields that follow; nothing in an inflexible version.</summary>
    public void WriteTagCount(int count = 0)
    {
        if (Flexible)
            WriteUnsignedVarint((uint)count);
    }

    /// <summary>Starts a tagged field; tags must come in rising order.</summary>
    /// <returns>What <see cref="EndTag"/> needs to put the size before the content.</returns>
    public int BeginTag(uint tag)
    {
        WriteUnsignedVarint(tag);
        return _buffer.Length;
    }

    public void EndTag(int start)
    {
        Span<byte> size = stackalloc byte[5];
        var sizeLength = EncodeUnsignedVarint(size, (uint)(_buffer.Length - start));
        _buffer.Insert(start, size[..sizeLength]);
    }

    /// <summary>-1 is null.</summary>
    private void WriteLength(int length)
    {
        if (Flexible)
            WriteUnsignedVarint((uint)(length + 1));
        else
            WriteInt32(length);
    }

    private static int EncodeUnsignedVarint(Span<byte> bytes, uint value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[length++] = (byte)value;
        return length;
    }
}
