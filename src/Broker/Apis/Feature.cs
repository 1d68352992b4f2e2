namespace Broker.Apis;

/// <summary>What the broker can do beside its APIs, in Kafka's names. Every feature stands at its highest level from the first start on.</summary>
/// <param name="Name">Kafka's name.</param>
/// <param name="Min">Lowest level there is.</param>
/// <param name="Max">Highest level there is.</param>
/// <param name="Level">The level in force.</param>
internal sealed record Feature(string Name, short Min, short Max, short Level)
{
    public static IReadOnlyList<Feature> All { get; } =
    [
        // 1: groups of the consumer protocol (KIP-848).
        new("group.version", 0, 1, 1),

        // 2: clients leave it to the broker to add partitions, and take a new epoch from the end of each transaction (KIP-890).
        new("transaction.version", 0, 2, 2),
    ];
}
