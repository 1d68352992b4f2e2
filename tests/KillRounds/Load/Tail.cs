using Confluent.Kafka;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>Reads whole logs: one reader that follows through all kills, and at the end everything once more.</summary>
internal static class Tail
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static void Follow(string bootstrapServers, IReadOnlyList<Place> places, History history, CancellationToken stop)
    {
        using var consumer = Clients.Consumer(bootstrapServers, "tail").Build();
        consumer.Assign(places.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, Offset.Beginning)));
        while (!stop.IsCancellationRequested)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(50)) is { } result)
                history.Add(ToRead(result, "tail"));
        }
    }

    public static IReadOnlyList<Read> ReadAll(string bootstrapServers, IReadOnlyList<Place> places, IsolationLevel isolation)
    {
        using var consumer = Clients.Consumer(bootstrapServers, "end", c =>
        {
            c.IsolationLevel = isolation;
            c.EnablePartitionEof = true;
        }).Build();
        consumer.Assign(places.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, Offset.Beginning)));
        var open = places.ToHashSet();
        var log = new List<Read>();
        using var patience = new CancellationTokenSource(Patience);
        while (open.Count > 0)
        {
            var result = consumer.Consume(patience.Token);
            if (result.IsPartitionEOF)
                open.Remove(new Place(result.Topic, result.Partition));
            else
                log.Add(ToRead(result, isolation.ToString()));
        }

        return log;
    }

    private static Read ToRead(ConsumeResult<Ignore, string> result, string reader) =>
        new(reader, reader, new Place(result.Topic, result.Partition), result.Offset, result.Message.Value);
}
