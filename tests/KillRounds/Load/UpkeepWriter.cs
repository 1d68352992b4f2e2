using System.Globalization;
using Confluent.Kafka;
using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>Writes to the topics that do not keep everything: records and tombstones of a few keys, and much that is soon deleted.</summary>
internal sealed class UpkeepWriter(string name, string bootstrapServers, Topics topics, Random random, History history, Progress progress)
{
    private const int AtOnce = 10;
    private const int Keys = 12;
    private const int OneTombstoneIn = 8;

    /// <summary>Makes segments short of records.</summary>
    private const int Padding = 200;

    public async Task RunAsync(CancellationToken stop)
    {
        using var producer = Clients.Producer(bootstrapServers);
        try
        {
            for (var next = 0; ; next += AtOnce)
            {
                await progress.RoomAsync(stop);
                // Begun in order on this thread: the records of a key are sent in the order in which the history has them.
                await Task.WhenAll(Enumerable.Range(next, AtOnce).Select(number => WriteAsync(producer, number)).ToList());
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private Task WriteAsync(IProducer<string?, string?> producer, int number)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{name}/{number}/");
        return (number % 3) switch
        {
            0 => WriteKeyAsync(producer, random.Next(Keys), id),
            1 => SendAsync(producer, new Sent(name, new Place(topics.Trimmed, number / 3 % 2), id.PadRight(Padding, '.'))),
            _ => SendAsync(producer, new Sent(name, new Place(topics.Newest, number / 3 % 2), id.PadRight(Padding, '.'))),
        };
    }

    private Task WriteKeyAsync(IProducer<string?, string?> producer, int key, string id)
    {
        var isTombstone = random.Next(OneTombstoneIn) == 0;
        var value = isTombstone ? id : id.PadRight(Padding, '.');
        return SendAsync(producer, new Sent(name, topics.LatestPlace(key), value, Key: string.Create(CultureInfo.InvariantCulture, $"key {key}"), IsTombstone: isTombstone));
    }

    private async Task SendAsync(IProducer<string?, string?> producer, Sent sent)
    {
        history.Add(sent);
        var message = sent.IsTombstone ? Values.Tombstone(sent.Key!, sent.Value) : new Message<string?, string?> { Key = sent.Key, Value = sent.Value };
        var result = await producer.ProduceAsync(new TopicPartition(sent.Place.Topic, sent.Place.Partition), message);
        history.Add(new Acknowledged(name, sent.Place, sent.Value, result.Offset));
        progress.Did(Deed.Acknowledged);
    }
}
