namespace Benchmarks.Transport;

/// <param name="Rounds">Measured rounds of each side, after one that warms up.</param>
/// <param name="Messages">Of each throughput round; round trips and requests are a tenth of it.</param>
/// <param name="Seconds">Of each latency round.</param>
internal sealed record TransportOptions(int Rounds, int Messages, int Seconds);
