using System.Text;

namespace Broker.Records;

/// <summary>One record, a view over the reader's bytes: valid until the reader moves on or is disposed.</summary>
public readonly ref struct Record
{
    private readonly ReadOnlySpan<byte> _headers;

    internal Record(
        long offset, long timestamp, bool hasKey, ReadOnlySpan<byte> key, bool hasValue, ReadOnlySpan<byte> value, int headerCount, ReadOnlySpan<byte> headers)
    {
        Offset = offset;
        Timestamp = timestamp;
        HasKey = hasKey;
        Key = key;
        HasValue = hasValue;
        Value = value;
        HeaderCount = headerCount;
        _headers = headers;
    }

    public long Offset { get; }

    /// <summary>Milliseconds since the Unix epoch; -1 is none.</summary>
    public long Timestamp { get; }

    /// <summary>False for a null key, which is not the same as an empty one.</summary>
    public bool HasKey { get; }

    public ReadOnlySpan<byte> Key { get; }

    /// <summary>False for a null value: a tombstone on a compacted topic.</summary>
    public bool HasValue { get; }

    public ReadOnlySpan<byte> Value { get; }

    public int HeaderCount { get; }

    /// <summary>Copies the headers out; the only part of a record that allocates.</summary>
    public RecordHeader[] ReadHeaders()
    {
        var headers = new RecordHeader[HeaderCount];
        var input = new RecordInput(_headers);
        for (var i = 0; i < headers.Length; i++)
        {
            var key = input.Bytes(out _);
            var value = input.Bytes(out var isNull);
            headers[i] = new RecordHeader(Encoding.UTF8.GetString(key), isNull ? null : value.ToArray());
        }

        return headers;
    }
}
