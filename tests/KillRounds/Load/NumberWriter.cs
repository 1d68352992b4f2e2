using Confluent.Kafka;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>An idempotent producer with acks=all and several requests in flight.</summary>
internal sealed class NumberWriter(string name, string bootstrapServers, int partitions, History history, Progress progress)
{
    public const string Topic = "numbers";
    private const int AtOnce = 10;

    public async Task RunAsync(CancellationToken stop)
    {
        using var producer = Clients.Producer(bootstrapServers);
        for (var next = 0; !stop.IsCancellationRequested; next += AtOnce)
            await Task.WhenAll(Enumerable.Range(next, AtOnce).Select(number => WriteAsync(producer, number)));
    }

    private async Task WriteAsync(IProducer<Null, string> producer, int number)
    {
        var place = new Place(Topic, number / 3 % partitions);
        var value = $"{name}/{number}";
        history.Add(new Sent(name, place, value));
        var result = await producer.ProduceAsync(new TopicPartition(place.Topic, place.Partition), new Message<Null, string> { Value = value });
        history.Add(new Acknowledged(name, place, value, result.Offset));
        progress.Written(place, result.Offset);
    }
}
