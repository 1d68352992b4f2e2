namespace Broker.Protocol;

/// <summary>Arrays and tagged fields.</summary>
public ref partial struct ProtocolReader
{
    /// <summary>Capacity taken on trust before the first element has been read.</summary>
    private const int InitialCapacity = 16;

    /// <summary>
    /// Elements of all arrays of a frame together. An element of one byte becomes an object of fifty and more, so that what a frame
    /// may ask of memory is not bounded by its length alone. Beyond any cluster this broker serves: 10,000 partitions a topic.
    /// </summary>
    private const int MaxElements = 1 << 18;

    public IReadOnlyList<T> ReadArray<T>(short version)
        where T : IMessage<T> => ReadNullableArray<T>(version) ?? FailedAs<IReadOnlyList<T>>([]);

    public IReadOnlyList<T>? ReadNullableArray<T>(short version)
        where T : IMessage<T>
    {
        // No element of the protocol is shorter than a byte; the list grows with what was really read.
        var count = ReadCount(minElementSize: 1);
        if (count <= 0)
            return count < 0 ? null : [];

        var items = new List<T>(Math.Min(count, InitialCapacity));
        for (var i = 0; i < count; i++)
        {
            var item = T.Read(ref this, version);
            if (Failed)
                return [];
            items.Add(item);
        }

        return items;
    }

    /// <summary>As <see cref="ReadArray{T}(short)"/>, into the objects of a list that was read before.</summary>
    /// <param name="emptied">The list, empty; another takes its place where it keeps none.</param>
    /// <param name="version">Of the message.</param>
    public IReadOnlyList<T> ReadArray<T>(IReadOnlyList<T> emptied, short version)
        where T : class, IReusedMessage<T>, new()
    {
        var count = ReadCount(minElementSize: 1);
        if (count <= 0)
            return count < 0 ? FailedAs(emptied) : emptied;

        var items = emptied.Reused();
        for (var i = 0; i < count && !Failed; i++)
            items.Add().ReadAgain(ref this, version);
        return items;
    }

    /// <summary>A structure that may be absent: one byte in front says so, negative for null.</summary>
    public T? ReadNullableStructure<T>(short version)
        where T : class, IMessage<T> => ReadInt8() < 0 || Failed ? null : T.Read(ref this, version);

    public IReadOnlyList<sbyte> ReadInt8Array()
    {
        var count = ReadCount(minElementSize: 1);
        if (count < 0)
            return FailedAs<IReadOnlyList<sbyte>>([]);

        var items = new sbyte[count];
        for (var i = 0; i < items.Length; i++)
            items[i] = ReadInt8();
        return items;
    }

    public IReadOnlyList<long> ReadInt64Array()
    {
        var count = ReadCount(minElementSize: 8);
        if (count < 0)
            return FailedAs<IReadOnlyList<long>>([]);

        var items = new long[count];
        for (var i = 0; i < items.Length; i++)
            items[i] = ReadInt64();
        return items;
    }

    public IReadOnlyList<int> ReadInt32Array() => ReadNullableInt32Array() ?? FailedAs<IReadOnlyList<int>>([]);

    public IReadOnlyList<int>? ReadNullableInt32Array()
    {
        var count = ReadCount(minElementSize: 4);
        if (count <= 0)
            return count < 0 ? null : [];

        var items = new int[count];
        for (var i = 0; i < items.Length; i++)
            items[i] = ReadInt32();
        return items;
    }

    public IReadOnlyList<string> ReadStringArray() => ReadNullableStringArray() ?? FailedAs<IReadOnlyList<string>>([]);

    public IReadOnlyList<string>? ReadNullableStringArray()
    {
        var count = ReadCount(minElementSize: Flexible ? 1 : 2);
        if (count <= 0)
            return count < 0 ? null : [];

        var items = new List<string>(Math.Min(count, InitialCapacity));
        for (var i = 0; i < count; i++)
        {
            var item = ReadString();
            if (Failed)
                return [];
            items.Add(item);
        }

        return items;
    }

    /// <summary>Passes over the tagged fields at the end of a structure; nothing in an inflexible version.</summary>
    public void SkipTaggedFields()
    {
        for (var left = ReadTagCount(); left > 0 && !Failed; left--)
        {
            ReadTag(out var end);
            EndTag(end);
        }
    }

    /// <summary>Number of tagged fields that follow: read each with <see cref="ReadTag"/> and <see cref="EndTag"/>.</summary>
    public int ReadTagCount()
    {
        if (!Flexible)
            return 0;

        // A tagged field is at least its tag and its size.
        var count = ReadUnsignedVarint();
        if (count <= Remaining / 2)
            return (int)count;

        Fail();
        return 0;
    }

    /// <summary>Reads a tag and narrows the reader to the field's own bytes.</summary>
    /// <param name="end">Where the reader ended before; hand it to <see cref="EndTag"/>.</param>
    public uint ReadTag(out int end)
    {
        end = _end;
        var tag = ReadUnsignedVarint();
        var size = ReadUnsignedVarint();
        if (size > Remaining)
            Fail();
        else
            _end = _position + (int)size;
        return tag;
    }

    /// <summary>Passes over what is left of a tagged field and widens the reader again.</summary>
    public void EndTag(int end)
    {
        _position = Failed ? end : _end;
        _end = end;
    }

    /// <summary>-1 for a null array.</summary>
    private int ReadCount(int minElementSize)
    {
        var count = ReadLength();
        if (count >= -1 && count <= Remaining / minElementSize && count <= MaxElements - _elements && !Failed)
        {
            _elements += Math.Max(count, 0);
            return count;
        }

        Fail();
        return 0;
    }
}
