using Confluent.Kafka;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>A message that waits until it is due. Which partition it waits in is known by who holds it.</summary>
internal sealed class PendingMessage(Guid token, DateTimeOffset dueAt, long offset, Message<byte[]?, byte[]?> record)
{
    public Guid Token { get; } = token;
    public DateTimeOffset DueAt { get; } = dueAt;

    /// <summary>Where in the partition it is written.</summary>
    public long Offset { get; } = offset;

    /// <summary>What the record takes in memory, about.</summary>
    public int Size { get; } = SizeOf(record);

    /// <summary>The record of the schedule's topic; null while only its place is remembered.</summary>
    public Message<byte[]?, byte[]?>? Record { get; set; } = record;

    /// <summary>True when the record's memory is accounted for.</summary>
    public bool IsHeld { get; set; }

    /// <summary>True when it was delivered and still has to be taken off the schedule.</summary>
    public bool IsDelivered { get; set; }

    /// <summary>How often delivering it has failed.</summary>
    public int Failures { get; set; }

    private static int SizeOf(Message<byte[]?, byte[]?> record)
    {
        const int PerHeader = 100;

        var size = record.Value?.Length ?? 0;

        foreach (var header in record.Headers ?? [])
            size += PerHeader + header.Key.Length * sizeof(char) + (header.GetValueBytes()?.Length ?? 0);

        return size;
    }
}
