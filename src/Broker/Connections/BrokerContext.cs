using Broker.Apis;
using Broker.Authorization;
using Broker.Configuration;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Quotas;
using Broker.Security;
using Broker.Security.Scram;
using Broker.Testing;
using Broker.Topics;
using Microsoft.Extensions.Logging;

namespace Broker.Connections;

/// <summary>What every connection of a broker shares.</summary>
internal sealed record BrokerContext
{
    public required DynamicBrokerConfig Config { get; init; }

    /// <summary>The settings as they stand; asked for anew each time, because some change.</summary>
    public BrokerOptions Options => Config.Current;

    /// <summary>What is served.</summary>
    public required ApiTable Apis { get; init; }

    public required TopicCatalog Topics { get; init; }

    /// <summary>Who may do what.</summary>
    public required Authorizer Authorizer { get; init; }

    public required ScramCredentials Scram { get; init; }

    public required HalfOpenConnections HalfOpen { get; init; }

    /// <summary>How much clients have used of what they may.</summary>
    public required ClientQuotas Quotas { get; init; }

    /// <summary>What all clients together may make the broker hold.</summary>
    public required MemoryBudget Memory { get; init; }

    /// <summary>Names that clients send again and again.</summary>
    public KnownStrings Strings { get; } = new();

    public required BrokerMetrics Metrics { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Takes <see cref="RequestLog"/> alone.</summary>
    public required ILogger RequestLogger { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Set when the broker begins to stop: waiting handlers answer, connections send what is ready and end.</summary>
    public required CancellationToken Stopping { get; init; }

    /// <summary>What a test does to requests; without rules, nothing.</summary>
    public required RequestControl Control { get; init; }
}
