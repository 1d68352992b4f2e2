namespace NotificationService;

/// <summary>Our own copy of what other topics do not carry: whose order it is.</summary>
public sealed class KnownOrder
{
    public required Guid OrderId { get; init; }

    public required string CustomerId { get; init; }
}
