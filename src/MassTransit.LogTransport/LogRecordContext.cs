namespace MassTransit;

/// <summary>
/// The record a message came in, as a payload of its consume context:
/// <c>context.TryGetPayload&lt;LogRecordContext&gt;(out var record)</c>.
/// </summary>
public interface LogRecordContext
{
    /// <summary>The topic's name on the broker, prefix included.</summary>
    string Topic { get; }

    /// <summary>The partition, from 0.</summary>
    int Partition { get; }

    /// <summary>The record's number within its partition, from 0. Unique with topic and partition, and stable when the record is seen again.</summary>
    long Offset { get; }

    /// <summary>The record's key as text; null when it has none.</summary>
    string? Key { get; }

    /// <summary>The record's timestamp, to the millisecond: when it was sent, or when the broker appended it, as the topic is configured.</summary>
    DateTimeOffset Timestamp { get; }
}
