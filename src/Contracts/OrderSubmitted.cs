namespace Contracts;

/// <summary>Version 2. Version 1 had a decimal total and neither currency nor channel.</summary>
public sealed record OrderSubmitted(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    string CustomerId,
    IReadOnlyList<OrderLine> Lines,
    long TotalMinor,
    string Currency,
    string PaymentToken,
    string Channel);
