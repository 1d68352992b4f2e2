namespace OrderService;

internal static class MessageHeaders
{
    /// <summary>Number of the event among those of its key on its topic, from 1 without gaps.</summary>
    public const string AggregateVersion = "aggregate-version";

    /// <summary>Version of the message's shape; absent means 1.</summary>
    public const string MessageVersion = "message-version";

    /// <summary>The key of the HTTP request that an order began with.</summary>
    public const string IdempotencyKey = "idempotency-key";
}
