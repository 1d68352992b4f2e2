namespace MassTransit.LogTransport.Configuration;

/// <summary>What an endpoint reads and how; written while the endpoint is configured, only read afterwards.</summary>
internal sealed class LogReceiveSettings(string name, string? instance = null)
{
    public const int DefaultMaxUncommittedRecords = 10_000;

    /// <summary>The endpoint's own topic and its group, without the prefix.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// Set for an endpoint without a group: it assigns itself the reply topic's partition of this instance and every partition of its
    /// message topics, all from their end, and commits nothing.
    /// </summary>
    public string? Instance { get; } = instance;

    public bool HasGroup => Instance == null;

    /// <summary>What the host knows the endpoint by.</summary>
    public string Key => Instance == null ? Name : $"{Name}?{Instance}";

    public StartPosition? StartFrom { get; set; }
    public DeliveryOrder DeliveryOrder { get; set; } = DeliveryOrder.Key;
    public int? ConcurrentDeliveryLimit { get; set; }
    public int MaxUncommittedRecords { get; set; } = DefaultMaxUncommittedRecords;

    /// <summary>After how long a kill switch starts the endpoint again; null without one.</summary>
    public TimeSpan? RestartTimeout { get; set; }

    public bool PurgeOnStartup { get; set; }
    public bool HasBatchConsumers { get; set; }

    /// <summary>Null for an endpoint whose consumers' sends are written one by one.</summary>
    public LogTransactionSettings? Transactions { get; set; }

    /// <summary>Topics subscribed by name, besides those of the handled types.</summary>
    public HashSet<string> Subscriptions { get; } = new(StringComparer.Ordinal);
}
