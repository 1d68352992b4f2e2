using Contracts;
using MassTransit;

namespace OrderService;

/// <summary>
/// An order and the state of its saga, one row. Created by POST /orders and from then on changed by <see cref="OrderStateMachine"/> only;
/// of two changes at once the version lets one through, and the other is decided again on the new row.
/// </summary>
public sealed class Order : SagaStateMachineInstance
{
    /// <summary>The order id.</summary>
    public Guid CorrelationId { get; set; }

    public long Version { get; set; }

    /// <summary>A name of <see cref="OrderStatus"/>.</summary>
    public string Status { get; set; } = nameof(OrderStatus.Submitted);

    public Settlement Settlement { get; set; } = Settlement.Open;

    public required string CustomerId { get; set; }

    public required IReadOnlyList<OrderLine> Lines { get; set; }

    public required long TotalMinor { get; set; }

    public required string Currency { get; set; }

    public required string PaymentToken { get; set; }

    public required string Channel { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    public required DateTimeOffset ChangedAt { get; set; }

    public StockSide Stock { get; set; }

    public Guid? ReservationId { get; set; }

    public PaymentSide Payment { get; set; }

    public Guid? PaymentId { get; set; }

    /// <summary>What the order waits for until <see cref="Deadline"/>; both null when it waits for nothing that may run out.</summary>
    public OrderWait? WaitingFor { get; set; }

    public DateTimeOffset? Deadline { get; set; }

    public string? EndReason { get; set; }

    public string? EndDetail { get; set; }

    public IReadOnlyList<StockShortage> Shortages { get; set; } = [];

    public string? CancelledBy { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Aggregate version of the last event of this order on the topic orders.</summary>
    public long OrdersSequence { get; set; }

    /// <summary>Aggregate version of the last event of this order on the topic payments, whoever wrote it.</summary>
    public long PaymentsSequence { get; set; }

    /// <summary>What came and changed nothing, oldest first.</summary>
    public IReadOnlyList<IgnoredInput> Ignored { get; set; } = [];
}

/// <param name="Status">The order's status at that moment.</param>
public sealed record IgnoredInput(string Input, string Status, DateTimeOffset At);
