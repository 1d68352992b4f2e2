using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Serialization;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Receiving;

/// <summary>
/// A record's headers as MassTransit asks for them. A record without a message id gets one made from topic, partition and offset, so that
/// it has the same whenever it is seen.
/// </summary>
internal sealed class RecordHeaderProvider(ConsumeResult<byte[]?, byte[]?> record, string? types) :
    IHeaderProvider
{
    private readonly Lazy<Dictionary<string, object>> _headers = new(() => Read(record, types));

    /// <summary>What a message published because of this record takes over, as MassTransit does with all that is listed; the rest is found by name.</summary>
    public IEnumerable<KeyValuePair<string, object>> GetAll() =>
        _headers.Value.Where(x => !RecordHeaderNames.IsEnvelope(x.Key) && !RecordHeaderNames.IsOfOneEvent(x.Key));

    public bool TryGetHeader(string key, [NotNullWhen(true)] out object? value)
    {
        if (key.Equals(MessageHeaders.TransportSentTime, StringComparison.OrdinalIgnoreCase))
        {
            value = record.Message.Timestamp.UtcDateTime;
            return true;
        }

        return _headers.Value.TryGetValue(key, out value)
            || RecordHeaderNames.AliasOf(key) is { } alias && _headers.Value.TryGetValue(alias, out value);
    }

    private static Dictionary<string, object> Read(ConsumeResult<byte[]?, byte[]?> record, string? types)
    {
        var headers = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);

        foreach (var header in record.Message.Headers ?? [])
        {
            if (header.GetValueBytes() is { } bytes)
                headers[header.Key] = RecordText.FromBytes(bytes)!;
        }

        if (types != null)
            headers[RecordHeaderNames.Types] = types;

        if (!headers.TryGetValue(RecordHeaderNames.MessageId, out var id) || !Guid.TryParse((string)id, out _))
            headers[RecordHeaderNames.MessageId] = MessageIdOf(record).ToString("D");

        return headers;
    }

    private static Guid MessageIdOf(ConsumeResult<byte[]?, byte[]?> record)
    {
        var topic = Encoding.UTF8.GetBytes(record.Topic);
        Span<byte> name = stackalloc byte[12];
        BinaryPrimitives.WriteInt32BigEndian(name, record.Partition);
        BinaryPrimitives.WriteInt64BigEndian(name[4..], record.Offset);

        return new Guid(SHA256.HashData([.. topic, .. name]).AsSpan(0, 16));
    }
}
