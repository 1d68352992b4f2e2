using Confluent.Kafka;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>
/// Reads whole logs: readers that follow through all kills, and at the end everything once more. From offset 0: for the word that means
/// the beginning librdkafka asks the leader, which it does not know yet, and waits half a second.
/// </summary>
internal static class Tail
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static void Follow(string bootstrapServers, IReadOnlyList<Place> places, IsolationLevel isolation, History history, CancellationToken stop)
    {
        using var consumer = Clients.Consumer(bootstrapServers, "tail", c => c.IsolationLevel = isolation).Build();
        consumer.Assign(places.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, 0)));
        while (!stop.IsCancellationRequested)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(50)) is { } result)
                history.Add(ToRead(result, $"tail of {isolation}", isolation));
        }
    }

    public static IReadOnlyList<Read> ReadAll(string bootstrapServers, IReadOnlyList<Place> places, IsolationLevel isolation)
    {
        using var consumer = Clients.Consumer(bootstrapServers, "end", c =>
        {
            c.IsolationLevel = isolation;
            c.EnablePartitionEof = true;
            c.FetchWaitMaxMs = 10;
        }).Build();
        consumer.Assign(places.Select(p => new TopicPartitionOffset(p.Topic, p.Partition, 0)));
        var open = places.ToHashSet();
        var log = new List<Read>();
        using var patience = new CancellationTokenSource(Patience);
        while (open.Count > 0)
        {
            var result = consumer.Consume(patience.Token);
            if (result.IsPartitionEOF)
                open.Remove(Values.PlaceOf(result));
            else
                log.Add(ToRead(result, $"end of {isolation}", isolation));
        }

        return log;
    }

    private static Read ToRead(ConsumeResult<Ignore, string?> result, string reader, IsolationLevel isolation) => new(
        reader, reader, Values.PlaceOf(result), result.Offset, Values.Of(result), IsUncommitted: isolation == IsolationLevel.ReadUncommitted);
}
