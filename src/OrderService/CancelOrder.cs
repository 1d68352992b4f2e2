using Contracts;
using MassTransit;

namespace OrderService;

/// <summary>A request to the order's saga; answered by <see cref="CancelOrderAccepted"/> or <see cref="CancelOrderRefused"/>.</summary>
[ConfigureConsumeTopology(false)]
public sealed record CancelOrder(Guid OrderId, string RequestedBy, string Reason);

/// <summary>The order is cancelled, by this request or by an earlier one, whose answer this is.</summary>
public sealed record CancelOrderAccepted(Guid OrderId, OrderStatus Status, DateTimeOffset CancelledAt, string RequestedBy, string Reason);

/// <param name="Status">The status that cannot be cancelled.</param>
public sealed record CancelOrderRefused(Guid OrderId, OrderStatus Status);
