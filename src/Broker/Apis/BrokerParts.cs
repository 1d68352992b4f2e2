using Broker.Authorization;
using Broker.Configuration;
using Broker.Diagnostics;
using Broker.Groups;
using Broker.Quotas;
using Broker.Security.Scram;
using Broker.Storage;
using Broker.Topics;
using Broker.Transactions;
using Microsoft.Extensions.Logging;

namespace Broker.Apis;

/// <summary>What a broker is made of, as far as handlers work on it.</summary>
internal sealed record BrokerParts
{
    public required BrokerOptions Options { get; init; }

    /// <summary><see cref="Options"/> with what was changed since.</summary>
    public required DynamicBrokerConfig Config { get; init; }

    public required DataDirectory Directory { get; init; }

    public required BrokerIdentity Identity { get; init; }

    public required TopicCatalog Topics { get; init; }

    public required GroupConfigs GroupConfigs { get; init; }

    public required GroupCoordinator Groups { get; init; }

    public required Authorizer Authorizer { get; init; }

    public required ScramCredentials Scram { get; init; }

    public required TransactionCoordinator Transactions { get; init; }

    public required QuotaStore Quotas { get; init; }

    public required BrokerMetrics Metrics { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }
}
