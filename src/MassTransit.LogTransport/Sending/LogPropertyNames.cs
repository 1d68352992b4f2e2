namespace MassTransit.LogTransport.Sending;

/// <summary>Under which names a send context's own settings are kept by an outbox.</summary>
internal static class LogPropertyNames
{
    public const string PartitionKey = "Log-PartitionKey";
    public const string Topics = "Log-Topics";
    public const string CausationId = "Log-CausationId";
    public const string ProducedAt = "Log-ProducedAt";

    /// <summary>Known to outboxes: with it, this transport keeps the message until then, and the outbox need not.</summary>
    public const string DeliverAt = "DeliverAt";

    public const string Token = "Log-Token";
}
