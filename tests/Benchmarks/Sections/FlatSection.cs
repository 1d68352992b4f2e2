using Benchmarks.Brokers;
using Benchmarks.Loads;

namespace Benchmarks.Sections;

/// <summary>The same small requests to a small topic and to one that is large in one respect: bytes, segments or partitions.</summary>
internal static class FlatSection
{
    private const int Requests = 20_000;
    private const int SmallRecords = 10_000;
    private const int LargeRecords = 10_000_000;
    private const int SegmentRecords = 1_000_000;
    private const int ManyPartitions = 1_000;

    /// <summary>Small batches: a fetch of one hides no search for it.</summary>
    private const int BatchSize = 16 * 1024;

    public static async Task RunAsync(Peers peers)
    {
        var (ours, rounds) = (peers.Ours, peers.Options.Rounds);
        var small = await FilledAsync(ours, 1, SmallRecords);
        await AgainstSmallAsync("10 GB in one partition", 1, LargeRecords, []);
        await AgainstSmallAsync("1,000 segments of 1 MiB in one partition", 1, SegmentRecords, new() { ["segment.bytes"] = "1048576" });
        await AgainstSmallAsync("1,000 partitions, a random one each time", ManyPartitions, SmallRecords * 10, []);
        await ours.StopAsync();
        peers.Report.Note($"Start on all of that, after an orderly stop: {(await ours.StartAsync()).TotalMilliseconds:0} ms.");

        async Task AgainstSmallAsync(string what, int partitions, int records, Dictionary<string, string> settings)
        {
            var large = await FilledAsync(ours, partitions, records, settings);
            List<double> produceLarge = [], produceSmall = [], fetchLarge = [], fetchSmall = [];
            for (var round = 0; round < rounds; round++)
            {
                produceLarge.Add(RequestCost.Produce(ours, large, partitions, Requests));
                produceSmall.Add(RequestCost.Produce(ours, small, 1, Requests));
                fetchLarge.Add(RequestCost.Fetch(ours, large, partitions, records / partitions, Requests));
                fetchSmall.Add(RequestCost.Fetch(ours, small, 1, SmallRecords, Requests));
            }

            peers.Report.Section($"CPU of our broker for one small request: {what} (ours), {SmallRecords:N0} records of 1 KB in one partition (other)");
            peers.Report.Row("produce µs", produceLarge, produceSmall);
            peers.Report.Row("fetch at a random offset µs", fetchLarge, fetchSmall);
        }
    }

    private static async Task<string> FilledAsync(BrokerUnderTest broker, int partitions, int records, Dictionary<string, string>? settings = null)
    {
        const int atOnce = 1_000_000;
        var topic = await broker.NewTopicAsync(partitions, fsync: false, settings);
        for (var written = 0; written < records; written += atOnce)
            ProduceLoad.Run(broker, topic, partitions, Math.Min(atOnce, records - written), BatchSize);
        return topic;
    }
}
