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
}
