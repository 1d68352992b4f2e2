namespace MassTransit.LogTransport.Sending;

/// <summary>The same for every message type.</summary>
internal interface ILogSendContext
{
    /// <summary>The record's key; null for none.</summary>
    string? PartitionKey { get; }

    /// <summary>Where copies go, by their names on the broker; null until the context is complete.</summary>
    IReadOnlyList<string>? Topics { get; }

    /// <summary>The message whose consumer sent this one.</summary>
    Guid? CausationId { get; }

    /// <summary>When the application sent the message, which may be long before an outbox delivers it.</summary>
    DateTimeOffset? ProducedAt { get; }

    /// <summary>Until when the message is kept; null for one that is delivered at once.</summary>
    DateTimeOffset? DeliverAt { get; set; }
}
