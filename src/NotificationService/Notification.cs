using Contracts;

namespace NotificationService;

/// <summary>
/// One milestone of one order. Held while the customer is unknown, which happens when another topic was read faster than
/// <c>orders</c>; sent exactly when <see cref="SentAt"/> is set.
/// </summary>
public sealed class Notification
{
    public long Id { get; init; }

    public required Guid OrderId { get; init; }

    public required Milestone Milestone { get; init; }

    /// <summary>What the customer reads.</summary>
    public required string Text { get; init; }

    public string? CustomerId { get; set; }

    /// <summary>UTC.</summary>
    public DateTime? SentAt { get; set; }

    public string DedupeKey => $"{OrderId}:{Milestone}";

    /// <summary>The milestone in kebab case.</summary>
    public string Template => MassTransit.KebabCaseEndpointNameFormatter.Instance.SanitizeName(Milestone.ToString());
}
