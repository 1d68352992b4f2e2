using Benchmarks.Brokers;
using Benchmarks.Loads;

namespace Benchmarks;

/// <summary>The same small requests to a small broker and to one that holds 1,000 partitions and 10 GB.</summary>
internal static class FlatCost
{
    private const int Requests = 20_000;
    private const int ManyPartitions = 1_000;
    private const int LargeMegabytes = 10_000;

    public static async Task RunAsync(BrokerUnderTest ours, Options options, Report report)
    {
        const int smallRecords = 10_000;
        var small = await ours.NewTopicAsync(1);
        ProduceLoad.Run(ours, small, 1, smallRecords, lingerMs: 5);
        var produceSmall = Repeat(options, () => RequestCost.Produce(ours, small, Requests));
        var fetchSmall = Repeat(options, () => RequestCost.Fetch(ours, small, smallRecords, Requests));

        var many = await ours.NewTopicAsync(ManyPartitions);
        ProduceLoad.Run(ours, many, ManyPartitions, smallRecords, lingerMs: 5);
        var large = await ours.NewTopicAsync(1);
        const int largeRecords = LargeMegabytes * 1000;
        for (var written = 0; written < largeRecords; written += largeRecords / 10)
            ProduceLoad.Run(ours, large, 1, largeRecords / 10, lingerMs: 5);
        var produceLarge = Repeat(options, () => RequestCost.Produce(ours, large, Requests));
        var fetchLarge = Repeat(options, () => RequestCost.Fetch(ours, large, largeRecords, Requests));

        report.Section($"CPU of one small request: with {ManyPartitions} partitions and {LargeMegabytes / 1000} GB (ours), with {smallRecords} records (other)");
        report.Row("produce µs", produceLarge, produceSmall);
        report.Row("fetch at a random offset µs", fetchLarge, fetchSmall);
        await ours.StopAsync();
        report.Note($"Start on that, after an orderly stop: {(await ours.StartAsync()).TotalMilliseconds:0} ms.");
    }

    private static List<double> Repeat(Options options, Func<double> measure) => [.. Enumerable.Range(0, options.Rounds).Select(_ => measure())];
}
