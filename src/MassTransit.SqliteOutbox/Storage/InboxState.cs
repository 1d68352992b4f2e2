namespace MassTransit.SqliteOutbox;

/// <summary>
/// Says that one consumer has handled one message. Written in the transaction of the effect, so it exists exactly
/// when the effect does.
/// </summary>
public sealed class InboxState
{
    /// <summary>The id of the handled message; of the original one where it was redelivered by schedule.</summary>
    public Guid MessageId { get; set; }

    /// <summary>Derived from the names of endpoint, consumer and message type.</summary>
    public Guid ConsumerId { get; set; }

    /// <summary>When the effect was committed, UTC.</summary>
    public DateTime Consumed { get; set; }

    /// <summary>The topic the message was read from; null where that is not known, or where the message came from two places. Such a row is kept.</summary>
    public string? Topic { get; set; }

    /// <summary>The partition of <see cref="Topic"/>, from 0.</summary>
    public int? Partition { get; set; }

    /// <summary>The record's offset in <see cref="Partition"/>, from 0; the highest where the message was written more than once.</summary>
    public long? Position { get; set; }
}
