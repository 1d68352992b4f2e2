using Benchmarks.Brokers;
using Benchmarks.Loads;

namespace Benchmarks;

/// <summary>Both brokers run all the time; loads go to them in turn, A B B A, after a round that warms up.</summary>
internal sealed class Comparison(string kafkaHome, Options options, Report report)
{
    private const int Partitions = 6;

    public async Task RunAsync()
    {
        report.Line($"{Environment.ProcessorCount} processors, {Environment.OSVersion}, .NET {Environment.Version}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}");
        await using var ours = new OurBroker();
        await using var kafka = new ApacheKafka(kafkaHome);
        await ours.StartAsync();
        await kafka.StartAsync();
        if (options.Wants("produce"))
            await ProduceAsync(ours, kafka, "produce 1 KB, acks=all, page cache on both", options.Records, lingerMs: 5, fsync: false);
        if (options.Wants("fsync"))
            await ProduceAsync(ours, kafka, "produce 1 KB, acks=all, fsync before each answer on both", options.Records / 10, lingerMs: 5, fsync: true);
        if (options.Wants("catch-up"))
            await CatchUpAsync(ours, kafka);
        if (options.Wants("latency"))
            await LatencyAsync(ours, kafka);
        if (options.Wants("start"))
            await StartAsync(ours, kafka);
        if (options.Wants("bare-fetch") || options.Wants("flat"))
            await kafka.StopAsync();
        if (options.Wants("bare-fetch"))
            await BareFetchComparison.RunAsync(ours, options, report);
        if (options.Wants("flat"))
            await FlatCost.RunAsync(ours, options, report);
    }

    private async Task ProduceAsync(BrokerUnderTest ours, BrokerUnderTest kafka, string title, int records, int lingerMs, bool fsync)
    {
        var (a, b) = await InTurnAsync(ours, kafka, async broker =>
        {
            var topic = await broker.NewTopicAsync(Partitions, fsync);
            var measured = ProduceLoad.Run(broker, topic, Partitions, records, lingerMs);
            CatchUpLoad.Run(broker, topic, Partitions, records);
            await broker.DeleteTopicAsync(topic);
            return measured;
        });
        report.Section(title);
        Rows(a, b);
    }

    private async Task CatchUpAsync(BrokerUnderTest ours, BrokerUnderTest kafka)
    {
        var topics = new Dictionary<BrokerUnderTest, string>();
        foreach (var broker in new[] { ours, kafka })
        {
            topics[broker] = await broker.NewTopicAsync(Partitions);
            ProduceLoad.Run(broker, topics[broker], Partitions, options.Records, lingerMs: 5);
        }

        var (a, b) = await InTurnAsync(ours, kafka, broker => Task.FromResult(CatchUpLoad.Run(broker, topics[broker], Partitions, options.Records)));
        report.Section("catch-up fetch with a client that looks at every record");
        Rows(a, b);
    }

    private async Task LatencyAsync(BrokerUnderTest ours, BrokerUnderTest kafka)
    {
        foreach (var fsync in new[] { false, true })
        {
            var (a, b) = await InTurnAsync(ours, kafka, async broker =>
            {
                var topic = await broker.NewTopicAsync(1, fsync);
                var measured = await LatencyLoad.RunAsync(broker, topic, options.Seconds);
                await broker.DeleteTopicAsync(topic);
                return measured;
            });
            report.Section($"end to end at 500/s, open loop, acks=all, {(fsync ? "fsync before each answer" : "page cache")} on both");
            report.Row("p50 ms", [.. a.Select(l => l.P50Ms)], [.. b.Select(l => l.P50Ms)]);
            report.Row("p99 ms", [.. a.Select(l => l.P99Ms)], [.. b.Select(l => l.P99Ms)]);
            report.Row("p99.9 ms", [.. a.Select(l => l.P999Ms)], [.. b.Select(l => l.P999Ms)]);
        }
    }

    private async Task StartAsync(BrokerUnderTest ours, BrokerUnderTest kafka)
    {
        report.Section("memory and start");
        report.Row("RSS MiB after the loads above", [ours.Usage.RssMiB], [kafka.Usage.RssMiB]);
        var (a, b) = await InTurnAsync(ours, kafka, async broker =>
        {
            await broker.StopAsync();
            var elapsed = await broker.StartAsync();
            return (Ms: elapsed.TotalMilliseconds, broker.Usage.RssMiB);
        });
        report.Row("start to first answer ms", [.. a.Select(s => s.Ms)], [.. b.Select(s => s.Ms)]);
        report.Row("RSS MiB after start", [.. a.Select(s => s.RssMiB)], [.. b.Select(s => s.RssMiB)]);
    }

    private async Task<(List<T> Ours, List<T> Kafka)> InTurnAsync<T>(BrokerUnderTest ours, BrokerUnderTest kafka, Func<BrokerUnderTest, Task<T>> measure)
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

    private void Rows(List<Throughput> a, List<Throughput> b)
    {
        report.Row("MB/s", [.. a.Select(t => t.MegabytesPerSecond)], [.. b.Select(t => t.MegabytesPerSecond)]);
        report.Row("CPU s of the broker per GB", [.. a.Select(t => t.CpuSecondsPerGigabyte)], [.. b.Select(t => t.CpuSecondsPerGigabyte)]);
    }
}
