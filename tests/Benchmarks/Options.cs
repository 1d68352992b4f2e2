namespace Benchmarks;

/// <param name="Rounds">Measured rounds of each side, after one that warms up.</param>
/// <param name="Megabytes">Written and read in each round.</param>
/// <param name="Seconds">Of each latency round.</param>
/// <param name="Names">Empty for all.</param>
internal sealed record Options(int Rounds, int Megabytes, int Seconds, IReadOnlyList<string> Names)
{
    public int Records => Megabytes * 1000 * 1000 / Loads.ProduceLoad.ValueSize;

    public bool Wants(string name) => Names.Count == 0 || Names.Contains(name);
}
