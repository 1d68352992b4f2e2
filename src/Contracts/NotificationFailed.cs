namespace Contracts;

/// <param name="DedupeKey"><c>orderId:milestone</c></param>
public sealed record NotificationFailed(
    Guid OrderId,
    DateTimeOffset OccurredAt,
    string CustomerId,
    Milestone Milestone,
    string Channel,
    string Locale,
    string Template,
    string DedupeKey,
    string Error,
    int Attempts);
