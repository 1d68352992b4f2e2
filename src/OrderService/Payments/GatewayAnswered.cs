using Contracts;
using MassTransit;

namespace OrderService.Payments;

/// <summary>What a call of the gateway came to; sent by this module to itself, so that the result is applied where events are handled.</summary>
/// <param name="Reference">The gateway's name for what it did, when approved.</param>
/// <param name="Code">Why not, when refused.</param>
/// <param name="Deferral">Set with <paramref name="RetryAt"/> when deferred.</param>
/// <param name="Attempts">HTTP calls made, none when the circuit was open.</param>
/// <param name="GatewayMs">Milliseconds they took together.</param>
[ConfigureConsumeTopology(false)]
public sealed record GatewayAnswered(
    Guid OrderId,
    Guid PaymentId,
    GatewayOperation Operation,
    GatewayVerdict Verdict,
    string? Reference,
    string? Code,
    PaymentDeferral? Deferral,
    DateTimeOffset? RetryAt,
    int Attempts,
    long GatewayMs);
