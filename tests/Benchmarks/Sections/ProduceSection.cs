using Benchmarks.Loads;

namespace Benchmarks.Sections;

/// <summary>One producer that batches. What was acknowledged is read back after each round: a lost or doubled record voids it.</summary>
internal static class ProduceSection
{
    private const int Partitions = 6;

    public static Task PageCacheAsync(Peers peers) => RunAsync(peers, "produce 1 KB, acks=all, page cache on both", fsync: false);

    public static async Task FsyncAsync(Peers peers)
    {
        var measured = await RunAsync(peers, "produce 1 KB, acks=all, fsync before each answer on both, one producer with batches of up to 256 KiB", fsync: true);
        var bare = measured.Ours.ConvertAll(_ => BareFsync.Run(Partitions, ProduceLoad.BatchSize, (long)peers.Options.Megabytes * 1_000_000));
        peers.Report.Section("the same (ours) and a bare loop that writes 256 KiB and calls fsync (other)");
        peers.Rows((measured.Ours, bare));
    }

    private static async Task<(List<Throughput> Ours, List<Throughput> Kafka)> RunAsync(Peers peers, string title, bool fsync)
    {
        var records = peers.Options.Records;
        var measured = await peers.InTurnAsync(async broker =>
        {
            var topic = await broker.NewTopicAsync(Partitions, fsync);
            var measured = ProduceLoad.Run(broker, topic, Partitions, records);
            CatchUpLoad.Run(broker, topic, Partitions, records);
            await broker.DeleteTopicAsync(topic);
            return measured;
        });
        peers.Report.Section(title);
        peers.Rows(measured);
        return measured;
    }
}
