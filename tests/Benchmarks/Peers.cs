using Benchmarks.Brokers;

namespace Benchmarks;

/// <summary>Our broker and Apache Kafka, both running all the time; loads go to them in turn, A B B A, after a round that warms up.</summary>
internal sealed class Peers(BrokerUnderTest ours, BrokerUnderTest kafka, Options options, Report report)
{
    public BrokerUnderTest Ours => ours;

    public BrokerUnderTest Kafka => kafka;

    public Options Options => options;

    public Report Report => report;

    public async Task<(List<T> Ours, List<T> Kafka)> InTurnAsync<T>(Func<BrokerUnderTest, Task<T>> measure)
    {
        var (a, b) = (new List<T>(), new List<T>());
        for (var round = 0; round <= options.Rounds; round++)
        {
            foreach (var broker in round % 2 == 0 ? new[] { ours, kafka } : [kafka, ours])
            {
                var measured = await measure(broker);
                if (round > 0)
                    (broker == ours ? a : b).Add(measured);
            }
        }

        return (a, b);
    }

    public void Rows((List<Throughput> Ours, List<Throughput> Other) measured)
    {
        var (a, b) = measured;
        report.Row("MB/s", [.. a.Select(t => t.MegabytesPerSecond)], [.. b.Select(t => t.MegabytesPerSecond)]);
        report.Row("CPU s of the broker per GB", [.. a.Select(t => t.CpuSecondsPerGigabyte)], [.. b.Select(t => t.CpuSecondsPerGigabyte)]);
        report.Row("CPU s of the client per GB", [.. a.Select(t => t.ClientCpuSecondsPerGigabyte)], [.. b.Select(t => t.ClientCpuSecondsPerGigabyte)]);
    }
}
