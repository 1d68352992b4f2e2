using Benchmarks.Brokers;
using Benchmarks.Loads;

namespace Benchmarks.Sections;

/// <summary>End to end at 500 records a second, open loop: with Confluent's client on both ends, and with bare connections, which leaves the broker's part.</summary>
internal static class LatencySection
{
    public static async Task RunAsync(Peers peers)
    {
        foreach (var fsync in new[] { false, true })
        {
            await RunAsync(peers, "Confluent.Kafka", fsync, LatencyLoad.RunAsync);
            await RunAsync(peers, "bare connections", fsync, BareLatencyLoad.RunAsync);
        }
    }

    private static async Task RunAsync(Peers peers, string client, bool fsync, Func<BrokerUnderTest, string, int, Task<Latency>> load)
    {
        var (a, b) = await peers.InTurnAsync(async broker =>
        {
            var topic = await broker.NewTopicAsync(1, fsync);
            var measured = await load(broker, topic, peers.Options.Seconds);
            await broker.DeleteTopicAsync(topic);
            return measured;
        });
        peers.Report.Section($"end to end at 500/s, open loop, acks=all, {(fsync ? "fsync before each answer" : "page cache")} on both, {client}");
        peers.Report.Row("p50 ms", [.. a.Select(l => l.P50Ms)], [.. b.Select(l => l.P50Ms)]);
        peers.Report.Row("p99 ms", [.. a.Select(l => l.P99Ms)], [.. b.Select(l => l.P99Ms)]);
        peers.Report.Row("p99.9 ms", [.. a.Select(l => l.P999Ms)], [.. b.Select(l => l.P999Ms)]);
    }
}
