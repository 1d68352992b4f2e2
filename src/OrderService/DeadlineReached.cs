using Contracts;
using MassTransit;

namespace OrderService;

/// <summary>Tells an order that the deadline on its row has passed. Nothing follows from it if the order has moved on.</summary>
[ConfigureConsumeTopology(false)]
public sealed record DeadlineReached(Guid OrderId, OrderWait WaitingFor, DateTimeOffset Deadline);
