namespace Broker.Records;

/// <summary>
/// Latching reader over the bytes of records: once input is short or absurd it returns zeros and empty spans, and
/// one look at <see cref="Failed"/> decides. No length is believed beyond the bytes that are left.
/// </summary>
internal ref struct RecordInput(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    public bool Failed { get; private set; }

    public readonly int Remaining => _rest.Length;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte Byte()
    {
        if (_rest.IsEmpty)
        {
            Fail();
            return 0;
        }

        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public int Int()
    {
        var read = Varint.Read(_rest, out int value);
        return Advance(read) ? value : 0;
    }

    public long Long()
    {
        var read = Varint.Read(_rest, out long value);
        return Advance(read) ? value : 0;
    }

    /// <summary>Length-prefixed bytes; -1 is null, anything lower is a failure.</summary>
    public ReadOnlySpan<byte> Bytes(out bool isNull)
    {
        var length = Int();
        isNull = length == -1;
        return isNull ? [] : Take(length);
    }

    public ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > _rest.Length)
        {
            Fail();
            return [];
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private bool Advance(int read)
    {
        if (read == 0)
        {
            Fail();
            return false;
        }

        _rest = _rest[read..];
        return true;
    }

    private void Fail()
    {
        Failed = true;
        _rest = [];
    }
}
