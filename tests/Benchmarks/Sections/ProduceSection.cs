using Benchmarks.Loads;

namespace Benchmarks.Sections;

/// <summary>One producer that batches. What was acknowledged is read back after each round: a lost or doubled record voids it.</summary>
internal static class ProduceSection
{
    public static Task PageCacheAsync(Peers peers) => RunAsync(peers, "produce 1 KB, acks=all, page cache on both", fsync: false);

    public static Task FsyncAsync(Peers peers) => RunAsync(peers, "produce 1 KB, acks=all, fsync before each answer on both, one producer with batches of up to 256 KiB", fsync: true);

    private static async Task RunAsync(Peers peers, string title, bool fsync)
    {
        const int partitions = 6;
        var records = peers.Options.Records;
        var measured = await peers.InTurnAsync(async broker =>
        {
            var topic = await broker.NewTopicAsync(partitions, fsync);
            var measured = ProduceLoad.Run(broker, topic, partitions, records);
            CatchUpLoad.Run(broker, topic, partitions, records);
            await broker.DeleteTopicAsync(topic);
            return measured;
        });
        peers.Report.Section(title);
        peers.Rows(measured);
    }
}
