using System.Text.Json;
using Confluent.Kafka;
using Conformance.Support;

namespace Conformance;

/// <summary>What is left of a compacted topic, record by record. A broker looks for something to compact every 15 seconds.</summary>
public class CompactionTests(TestBroker broker)
{
    private const int Records = 200;
    private const int StepMs = 100;
    private const int SegmentMs = 1000;

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Zstd)]
    public async Task the_newest_record_of_each_key_is_left_where_it_was(CompressionType codec)
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync(configs: new()
        {
            ["cleanup.policy"] = "compact",
            ["segment.ms"] = $"{SegmentMs}",
            ["min.cleanable.dirty.ratio"] = "0.01",
        });
        var written = await ProduceAsync(topic, codec);
        var expected = Left(written);

        var left = new List<(long Offset, string Key, string? Value)>();
        using var consumer = broker.Consumer(TestBroker.NewName("group"), c => c.EnablePartitionEof = true);
        Polling.Until(
            () => (left = ReadAll(consumer, topic)).Count == expected.Count, () => $"{left.Count} records are left, not {expected.Count}", [], _ => { });
        Assert.Equal(expected, left);
        if (codec == CompressionType.Gzip)
            await ReadByOthersAsync(topic, expected);
    }

    /// <summary>By every other client: each knows this codec.</summary>
    private async Task ReadByOthersAsync(string topic, List<(long Offset, string Key, string? Value)> expected)
    {
        var options = new { count = expected.Count };
        var lines = expected.Select(r => $"{r.Offset}|{r.Key}|{r.Value ?? "null"}").ToList();
        var byKcat = await Tool.KcatAsync(null, "-b", broker.BootstrapServers, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-Z", "-f", @"%o|%k|%s\n");
        var byJava = await Tool.KafkaAsync(
            null, "kafka-console-consumer.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", topic, "--from-beginning", "--max-messages", $"{expected.Count}",
            "--formatter-property", "print.offset=true", "--formatter-property", "print.key=true", "--formatter-property", "key.separator=|");
        var byKafkaJs = await ScriptedClient.KafkaJsAsync("read", broker.BootstrapServers, topic, options);
        var byPython = await ScriptedClient.KafkaPythonAsync("read", broker.BootstrapServers, topic, options);

        Assert.Equal(lines, byKcat.Replace("|NULL\n", "|null\n", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(lines, byJava.Replace("Offset:", "", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(lines, Lines(byKafkaJs));
        Assert.Equal(lines, Lines(byPython));
    }

    private static IEnumerable<string> Lines(JsonElement saw) => saw.GetProperty("records").EnumerateArray()
        .Select(r => $"{r.GetProperty("offset")}|{r.GetProperty("key").GetString()}|{r.GetProperty("value").GetString() ?? "null"}");

    /// <summary>Every batch has one record, so that segments end at the same records everywhere.</summary>
    private async Task<List<(long Offset, string Key, string? Value)>> ProduceAsync(string topic, CompressionType codec)
    {
        using var producer = broker.Producer(c => (c.CompressionType, c.LingerMs) = (codec, 0));
        var start = TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeMilliseconds();
        var written = new List<(long Offset, string Key, string? Value)>();
        for (var i = 0; i < Records; i++)
        {
            var (key, value) = ($"key-{i * i % 37}", i % 11 == 5 ? null : $"value {i} {new string('x', 100)}");
            var result = await producer.ProduceAsync(
                new TopicPartition(topic, 0), new Message<string?, string?> { Key = key, Value = value, Timestamp = new Timestamp(start + (i * StepMs), TimestampType.CreateTime) });
            written.Add((result.Offset.Value, key, value));
        }

        return written;
    }

    /// <summary>Of the closed segments the newest of each key, tombstones among them; of the last segment everything.</summary>
    private static List<(long Offset, string Key, string? Value)> Left(List<(long Offset, string Key, string? Value)> written)
    {
        const int perSegment = (SegmentMs / StepMs) + 1;
        var closed = (Records - 1) / perSegment * perSegment;
        var newest = new Dictionary<string, long>();
        foreach (var (offset, key, _) in written.Take(closed))
            newest[key] = offset;
        return [.. written.Take(closed).Where(r => newest[r.Key] == r.Offset), .. written.Skip(closed)];
    }

    private static List<(long Offset, string Key, string? Value)> ReadAll(IConsumer<string?, string?> consumer, string topic)
    {
        var read = new List<(long Offset, string Key, string? Value)>();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        while (consumer.Consume(TimeSpan.FromSeconds(30)) is { IsPartitionEOF: false } result)
            read.Add((result.Offset.Value, result.Message.Key!, result.Message.Value));
        consumer.Unassign();
        return read;
    }
}
