namespace MassTransit.SqliteOutbox;

/// <summary>
/// A message that is committed and not yet sent. Rows are written with the effect that caused them, sent in the
/// order of <see cref="SequenceNumber"/> and deleted once the transport acknowledged them.
/// </summary>
public sealed class OutboxMessage
{
    /// <summary>
    /// Within a lane, the order of commits: SQLite has one writer, and on PostgreSQL the writers of a lane take turns, so
    /// there a later commit has a higher number.
    /// </summary>
    public long SequenceNumber { get; set; }

    /// <summary>Messages of one lane leave strictly in sequence: the partition key, or the destination where there is none.</summary>
    public required string Lane { get; set; }

    /// <summary>The message id on the wire, the same at every attempt to send.</summary>
    public Guid MessageId { get; set; }

    /// <summary>The conversation the message belongs to.</summary>
    public Guid? ConversationId { get; set; }

    /// <summary>The correlation id of the message.</summary>
    public Guid? CorrelationId { get; set; }

    /// <summary>The correlation id of the message that caused this one.</summary>
    public Guid? InitiatorId { get; set; }

    /// <summary>The request this message is or answers.</summary>
    public Guid? RequestId { get; set; }

    /// <summary>The endpoint that sent the message.</summary>
    public Uri? SourceAddress { get; set; }

    /// <summary>Where the message goes.</summary>
    public required Uri DestinationAddress { get; set; }

    /// <summary>Where a response goes.</summary>
    public Uri? ResponseAddress { get; set; }

    /// <summary>Where a fault goes.</summary>
    public Uri? FaultAddress { get; set; }

    /// <summary>When the message was handed to the outbox, UTC.</summary>
    public DateTime SentTime { get; set; }

    /// <summary>The message is not delivered before this time, UTC; null means at once, or that the time has come.</summary>
    public DateTime? EnqueueTime { get; set; }

    /// <summary>The message is worthless after this time, UTC; null means never.</summary>
    public DateTime? ExpirationTime { get; set; }

    /// <summary>The headers, as JSON.</summary>
    public string? Headers { get; set; }

    /// <summary>What the transport's send context needs beyond the headers, such as the partition key, as JSON.</summary>
    public string? Properties { get; set; }

    /// <summary>The media type of <see cref="Body"/>.</summary>
    public required string ContentType { get; set; }

    /// <summary>The urns of the message's types, joined by <c>;</c>.</summary>
    public required string MessageType { get; set; }

    /// <summary>The serialized message.</summary>
    public required string Body { get; set; }
}
