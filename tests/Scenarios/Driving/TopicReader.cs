using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace Scenarios.Driving;

/// <summary>One record as any client sees it: key, headers and a JSON body.</summary>
public sealed record TopicRecord(string Topic, int Partition, long Offset, string? Key, IReadOnlyDictionary<string, string> Headers, string Body, Message<byte[], byte[]> Raw)
{
    public string Type => Headers.GetValueOrDefault("message-type", "");

    public string MessageId => Headers.GetValueOrDefault("message-id", "");

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public Guid OrderId => Json.GetProperty("orderId").GetGuid();

    public override string ToString() => $"{Topic}[{Partition}]@{Offset} {Key} {Type}";
}

/// <summary>Reads topics from their first record to the end they have now, with a stock client and outside every group.</summary>
public static class TopicReader
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static IReadOnlyList<TopicRecord> ReadAll(string bootstrapServers, params string[] topics)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "scenario-reader",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        }).Build();
        var partitions = Partitions(consumer, topics);
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));

        var records = new List<TopicRecord>();
        var open = partitions.Count;
        while (open > 0)
        {
            var result = consumer.Consume(Patience) ?? throw new TimeoutException($"no answer while reading {string.Join(", ", topics)}");
            if (result.IsPartitionEOF)
            {
                open--;
                continue;
            }

            records.Add(new TopicRecord(
                result.Topic,
                result.Partition.Value,
                result.Offset.Value,
                result.Message.Key is { } key ? Encoding.UTF8.GetString(key) : null,
                Headers(result.Message.Headers),
                Encoding.UTF8.GetString(result.Message.Value ?? []),
                result.Message));
        }

        return records;
    }

    public static Dictionary<(string Topic, int Partition), long> HighWatermarks(string bootstrapServers, params string[] topics)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "scenario-reader" }).Build();
        return Partitions(consumer, topics).ToDictionary(
            partition => (partition.Topic, partition.Partition.Value),
            partition => consumer.QueryWatermarkOffsets(partition, Patience).High.Value);
    }

    /// <summary>Every topic that the services made: the shared ones and the endpoints' own.</summary>
    public static string[] Topics(string bootstrapServers)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).Build();
        return [.. admin.GetMetadata(Patience).Topics.Select(topic => topic.Topic).Where(topic => !topic.StartsWith("__", StringComparison.Ordinal))];
    }

    private static List<TopicPartition> Partitions(IConsumer<byte[], byte[]> consumer, string[] topics)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        return [.. admin.GetMetadata(Patience).Topics
            .Where(topic => topics.Contains(topic.Topic))
            .SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition.PartitionId)))];
    }

    private static Dictionary<string, string> Headers(Headers headers) =>
        headers.GroupBy(header => header.Key).ToDictionary(group => group.Key, group => Encoding.UTF8.GetString(group.Last().GetValueBytes()));
}
