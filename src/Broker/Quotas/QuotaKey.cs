namespace Broker.Quotas;

/// <summary>What is limited.</summary>
internal enum QuotaKey
{
    ProducerByteRate,
    ConsumerByteRate,
    RequestPercentage,
    ControllerMutationRate,
    ConnectionCreationRate,
}

internal static class QuotaKeys
{
    private static readonly (QuotaKey Key, string Name, bool IsWhole, double Max)[] All =
    [
        (QuotaKey.ProducerByteRate, "producer_byte_rate", true, long.MaxValue),
        (QuotaKey.ConsumerByteRate, "consumer_byte_rate", true, long.MaxValue),
        (QuotaKey.RequestPercentage, "request_percentage", false, double.MaxValue),
        (QuotaKey.ControllerMutationRate, "controller_mutation_rate", false, double.MaxValue),
        (QuotaKey.ConnectionCreationRate, "connection_creation_rate", true, int.MaxValue),
    ];

    public static string Name(this QuotaKey key) => All[(int)key].Name;

    /// <summary>Null for a name that limits nothing.</summary>
    public static QuotaKey? Find(string name) => Array.Find(All, k => k.Name == name) is { Name: not null } found ? found.Key : null;

    /// <summary>Says what is wrong with a limit, or null when it may be set.</summary>
    public static string? Check(this QuotaKey key, double value)
    {
        var (_, name, isWhole, max) = All[(int)key];
        return double.IsNaN(value) || value <= 0 ? $"Quota {name} must be greater than 0"
            : value > max ? $"Proposed value for {name} is too large."
            : isWhole && Math.Abs(value % 1) > 1e-6 ? $"{name} cannot be a fractional value."
            : null;
    }
}
