using Benchmarks.Brokers;
using Benchmarks.Loads;

namespace Benchmarks.Sections;

/// <summary>
/// A topic read from its beginning to its end: by a consumer that looks at every record, which takes most of the processor itself, and
/// by a client that does as little as it can, which shows what the brokers can give.
/// </summary>
internal static class CatchUpSection
{
    public static async Task RunAsync(Peers peers)
    {
        const int partitions = 6;
        var records = peers.Options.Records;
        var topics = await FillAsync(peers, partitions, records);
        var measured = await peers.InTurnAsync(broker => Task.FromResult(CatchUpLoad.Run(broker, topics[broker], partitions, records)));
        peers.Report.Section("catch-up fetch with a client that looks at every record");
        peers.Rows(measured);
        await DeleteAsync(topics);

        foreach (var connections in new[] { 1, 2 })
        {
            topics = await FillAsync(peers, connections, records * connections);
            measured = await peers.InTurnAsync(broker => BareFetch.RunAsync(broker, topics[broker], records, connections, passes: 4));
            peers.Report.Section($"catch-up fetch with a client that only counts batches, connections: {connections}");
            peers.Rows(measured);
            await DeleteAsync(topics);
        }
    }

    private static async Task<Dictionary<BrokerUnderTest, string>> FillAsync(Peers peers, int partitions, int records)
    {
        var topics = new Dictionary<BrokerUnderTest, string>();
        foreach (var broker in new[] { peers.Ours, peers.Kafka })
        {
            topics[broker] = await broker.NewTopicAsync(partitions);
            ProduceLoad.Run(broker, topics[broker], partitions, records);
        }

        return topics;
    }

    private static async Task DeleteAsync(Dictionary<BrokerUnderTest, string> topics)
    {
        foreach (var (broker, topic) in topics)
            await broker.DeleteTopicAsync(topic);
    }
}
