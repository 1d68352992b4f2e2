using Confluent.Kafka;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>An idempotent producer of librdkafka with acks=all and several requests in flight.</summary>
internal sealed class NumberWriter(string name, string bootstrapServers, Topics topics, History history, Progress progress)
{
    private const int AtOnce = 10;

    public async Task RunAsync(CancellationToken stop)
    {
        using var producer = Clients.Producer(bootstrapServers);
        try
        {
            for (var next = 0; ; next += AtOnce)
            {
                await progress.RoomAsync(stop);
                await Task.WhenAll(Enumerable.Range(next, AtOnce).Select(number => WriteAsync(producer, number)));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task WriteAsync(IProducer<string?, string?> producer, int number)
    {
        var place = new Place(topics.Numbers, number / 3 % Topics.NumberPartitions);
        var value = $"{name}/{number}";
        history.Add(new Sent(name, place, value));
        var result = await producer.ProduceAsync(new TopicPartition(place.Topic, place.Partition), new Message<string?, string?> { Value = value });
        history.Add(new Acknowledged(name, place, value, result.Offset));
        progress.Written(place, result.Offset);
        progress.Did(Deed.Acknowledged);
    }
}
