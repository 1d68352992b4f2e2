using System.Globalization;
using System.Text;
using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Serialization;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>
/// The records of the schedule's topic. The key is the token. A waiting message is the record to be delivered with three more headers; a record
/// without a value cancels it, or tells that it was delivered.
/// </summary>
internal static class ScheduleRecords
{
    public static Message<byte[]?, byte[]?> Waiting(Guid token, DateTimeOffset dueAt, IReadOnlyList<string> topics, Message<byte[]?, byte[]?> record)
    {
        var headers = Copy(record.Headers);

        headers.Add(RecordHeaderNames.DeliverAt, RecordText.ToBytes(dueAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));
        headers.Add(RecordHeaderNames.DeliverTo, RecordText.ToBytes(string.Join(RecordHeaderNames.ListSeparator, topics)));

        if (record.Key != null)
            headers.Add(RecordHeaderNames.DeliverKey, record.Key);

        return new Message<byte[]?, byte[]?> { Key = KeyOf(token), Value = record.Value, Headers = headers };
    }

    public static Message<byte[]?, byte[]?> Delivered(Guid token, long offset)
    {
        return new Message<byte[]?, byte[]?>
        {
            Key = KeyOf(token),
            Headers = new() { { RecordHeaderNames.Delivered, RecordText.ToBytes(offset.ToString(CultureInfo.InvariantCulture)) } },
        };
    }

    /// <summary>The same waiting message once more.</summary>
    public static Message<byte[]?, byte[]?> Again(Message<byte[]?, byte[]?> waiting)
    {
        return new Message<byte[]?, byte[]?> { Key = waiting.Key, Value = waiting.Value, Headers = waiting.Headers };
    }

    /// <summary>The record to deliver, and where to.</summary>
    public static (Message<byte[]?, byte[]?> Record, string[] Topics) Unwrap(Message<byte[]?, byte[]?> waiting)
    {
        var record = new Message<byte[]?, byte[]?> { Value = waiting.Value, Headers = [] };
        var topics = Array.Empty<string>();

        foreach (var header in waiting.Headers)
        {
            switch (header.Key)
            {
                case RecordHeaderNames.DeliverAt:
                    break;
                case RecordHeaderNames.DeliverTo:
                    topics = Encoding.UTF8.GetString(header.GetValueBytes()).Split(RecordHeaderNames.ListSeparator);
                    break;
                case RecordHeaderNames.DeliverKey:
                    record.Key = header.GetValueBytes();
                    break;
                default:
                    record.Headers.Add(header);
                    break;
            }
        }

        return (record, topics);
    }

    /// <summary>What a record of the topic is about; null when it was not written by a scheduler.</summary>
    public static Guid? TokenOf(Message<byte[]?, byte[]?> record) => Guid.TryParse(RecordText.FromBytes(record.Key), out var token) ? token : null;

    /// <summary>When a waiting message is due; null when the record is none.</summary>
    public static DateTimeOffset? DueTimeOf(Message<byte[]?, byte[]?> record)
    {
        return Text(record, RecordHeaderNames.DeliverTo) != null
            && DateTimeOffset.TryParse(Text(record, RecordHeaderNames.DeliverAt), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var dueAt)
            ? dueAt
            : null;
    }

    /// <summary>Of which offset a record without a value tells that it was delivered; null for a cancellation.</summary>
    public static long? DeliveredOffsetOf(Message<byte[]?, byte[]?> record)
    {
        return long.TryParse(Text(record, RecordHeaderNames.Delivered), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : null;
    }

    private static byte[] KeyOf(Guid token) => Encoding.UTF8.GetBytes(token.ToString("D"));

    private static string? Text(Message<byte[]?, byte[]?> record, string name)
    {
        return record.Headers != null && record.Headers.TryGetLastBytes(name, out var bytes) ? RecordText.FromBytes(bytes) : null;
    }

    private static Confluent.Kafka.Headers Copy(Confluent.Kafka.Headers? headers)
    {
        var copy = new Confluent.Kafka.Headers();

        foreach (var header in headers ?? [])
            copy.Add(header);

        return copy;
    }
}
