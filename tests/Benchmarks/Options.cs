namespace Benchmarks;

/// <param name="Rounds">Measured rounds of each side, after one that warms up.</param>
/// <param name="Megabytes">Written and read in each round.</param>
/// <param name="Seconds">Of each latency round.</param>
internal sealed record Options(int Rounds, int Megabytes, int Seconds)
{
    public int Records => Megabytes * 1000 * 1000 / Loads.ProduceLoad.ValueSize;
}
