using Broker.Apis;
using Broker.Diagnostics;
using Broker.Testing;
using Microsoft.Extensions.Logging;

namespace Broker.Connections;

/// <summary>What every connection of a broker shares.</summary>
/// <param name="Options">The broker's settings.</param>
/// <param name="Apis">What is served.</param>
/// <param name="Metrics">Instruments.</param>
/// <param name="Logger">The broker's log.</param>
/// <param name="Time">The broker's clock.</param>
/// <param name="Stopping">Set when the broker begins to stop: waiting handlers answer, connections send what is ready and end.</param>
/// <param name="Control">What a test does to requests; without rules, nothing.</param>
internal sealed record BrokerContext(
    BrokerOptions Options, ApiTable Apis, BrokerMetrics Metrics, ILogger Logger, TimeProvider Time, CancellationToken Stopping,
    RequestControl Control);
