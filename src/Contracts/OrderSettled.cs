namespace Contracts;

/// <summary>All clean-up that a finished order called for has been seen.</summary>
public sealed record OrderSettled(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    bool Released,
    bool Voided);
