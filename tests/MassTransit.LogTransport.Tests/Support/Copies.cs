using System.Text.Json;

namespace MassTransit.LogTransport.Tests.Support;

/// <summary>Steps, and the copies of them that an endpoint publishes.</summary>
public static class Copies
{
    public static void Topics(ILogBusFactoryConfigurator cfg, int partitions = 2)
    {
        cfg.Topic("steps", t => t.Partitions(partitions).Carries<Step>(x => x.Key));
        cfg.Topic("copies", t => t.Partitions(partitions).Carries<Copied>(x => x.Key));
    }

    public static Task Copy(ConsumeContext<Step> context) => context.Publish(new Copied(context.Message.Key, context.Message.Number));

    public static async Task Publish(IBus bus, int keys, int from, int count)
    {
        for (var i = from; i < from + count; i++)
            await Task.WhenAll(Enumerable.Range(0, keys).Select(key => bus.Publish(new Step($"{key}", i))));
    }

    /// <summary>The numbers of each key's copies as readers see them, in their order.</summary>
    public static async Task<Dictionary<string, List<int>>> Read(string bootstrapServers, string prefix)
    {
        var records = await RawLog.All(bootstrapServers, prefix + "copies").Soon();

        return records.GroupBy(x => x.Message.Key!).ToDictionary(x => x.Key, x => x.Select(Number).ToList());
    }

    /// <summary>Waits until every step has a copy, and sees that it has but one and in its place.</summary>
    public static async Task AreComplete(string bootstrapServers, string prefix, int keys, int count)
    {
        var copies = await Eventually.Gets(() => Read(bootstrapServers, prefix),
            found => found.Count == keys && found.Values.All(x => x.Distinct().Count() >= count),
            found => $"every step is copied, but {string.Join(", ", found.Select(x => $"{x.Key}: {x.Value.Count}"))}", Deadline.Limit * 2);

        Assert.All(copies.Values, x => Assert.Equal(Enumerable.Range(0, count), x));
    }

    /// <summary>Waits until every step has a copy, and sees that those that were committed then have but one.</summary>
    public static async Task AreAllThere(string bootstrapServers, string prefix, IReadOnlyDictionary<int, long> committed)
    {
        var steps = (await RawLog.All(bootstrapServers, prefix + "steps").Soon()).ToDictionary(x => x.Header("message-id")!);
        var copies = await Eventually.Gets(() => OfMessages(bootstrapServers, prefix),
            found => found.Count >= steps.Count, found => $"{steps.Count} steps are copied, but {found.Count}", Deadline.Limit * 2);

        Assert.All(copies.Where(x => steps[x.Key].Offset.Value < committed.GetValueOrDefault(steps[x.Key].Partition.Value)), x => Assert.Equal(1, x.Value));
    }

    /// <summary>How many copies each message has, by its id.</summary>
    private static async Task<Dictionary<string, int>> OfMessages(string bootstrapServers, string prefix)
    {
        var records = await RawLog.All(bootstrapServers, prefix + "copies").Soon();

        return records.GroupBy(x => x.Header("causation-id")!).ToDictionary(x => x.Key, x => x.Count());
    }

    private static int Number<TKey>(Confluent.Kafka.ConsumeResult<TKey, string?> record)
    {
        return JsonDocument.Parse(record.Message.Value!).RootElement.GetProperty("number").GetInt32();
    }
}
