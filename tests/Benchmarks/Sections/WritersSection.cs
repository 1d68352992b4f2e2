using Benchmarks.Loads;

namespace Benchmarks.Sections;

/// <summary>As services write: many producers, each of which waits for its record to be on disk before it sends the next.</summary>
internal static class WritersSection
{
    private const int Writers = 32;
    private const int Partitions = 6;

    public static async Task RunAsync(Peers peers)
    {
        var records = peers.Options.Seconds * 1000;
        var (a, b) = await peers.InTurnAsync(async broker =>
        {
            var topic = await broker.NewTopicAsync(Partitions, fsync: true);
            var measured = await WritersLoad.RunAsync(broker, topic, Partitions, Writers, records);
            CatchUpLoad.Run(broker, topic, Partitions, records);
            await broker.DeleteTopicAsync(topic);
            return measured;
        });
        peers.Report.Section($"produce 1 KB, acks=all, fsync before each answer on both, {Writers} producers, each with one record under way");
        peers.Report.Row("records/s", [.. a.Select(w => w.PerSecond)], [.. b.Select(w => w.PerSecond)]);
        peers.Report.Row("CPU µs of the broker per record", [.. a.Select(w => w.CpuMicroseconds)], [.. b.Select(w => w.CpuMicroseconds)]);
        peers.Report.Row("p50 ms", [.. a.Select(w => w.P50Ms)], [.. b.Select(w => w.P50Ms)]);
        peers.Report.Row("p99 ms", [.. a.Select(w => w.P99Ms)], [.. b.Select(w => w.P99Ms)]);
    }
}
