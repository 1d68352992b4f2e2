using System.Text.Json;
using Conformance.Support;

namespace Conformance;

/// <summary>Apache Kafka's own tools, and with them the Java client: transactions in the second dialect.</summary>
public class TransactionToolTests(TestBroker broker)
{
    [Fact]
    public async Task kafka_producer_perf_test_commits_transaction_after_transaction()
    {
        Tool.KafkaHome();
        var topic = await broker.NewTopicAsync();
        var id = TestBroker.NewName("txn");

        await Tool.KafkaAsync(
            null, "kafka-producer-perf-test.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", topic, "--num-records", "5000", "--record-size", "100",
            "--throughput", "-1", "--transactional-id", id, "--transaction-duration-ms", "20");
        var described = await TransactionsAsync("describe", "--transactional-id", id);
        var output = await Tool.KafkaAsync(
            null, "kafka-console-consumer.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", topic, "--from-beginning", "--max-messages", "5000",
            "--isolation-level", "read_committed");

        Assert.Equal(5000, output.Count(c => c == '\n'));
        Assert.Contains("CompleteCommit", described);
    }

    [Fact]
    public async Task the_transactional_message_copier_copies_each_record_once()
    {
        Tool.OnlyWhenLong();
        var source = await broker.NewTopicAsync();
        var target = await broker.NewTopicAsync();
        await broker.ProduceNumbersAsync(source, 300);

        var copied = await Tool.KafkaAsync(
            null, "kafka-transactional-message-copier.sh", "--broker-list", broker.BootstrapServers, "--transactional-id", TestBroker.NewName("txn"),
            "--input-topic", source, "--input-partition", "0", "--output-topic", target, "--consumer-group", TestBroker.NewName("group"),
            "--max-messages", "300", "--transaction-size", "20", "--enable-random-aborts");
        var output = await Tool.KafkaAsync(
            null, "kafka-console-consumer.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", target, "--from-beginning", "--max-messages", "300",
            "--isolation-level", "read_committed");

        Assert.Contains("\"totalProcessed\":300", copied);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{i}"), output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task kafka_transactions_shows_open_transactions_and_their_producers()
    {
        Tool.OnlyWhenLong();
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        await client.ProduceAsync(topic, 0);

        var listed = await TransactionsAsync("list", "--transactional-id-pattern", $"{client.TransactionalId}.*");
        var described = await TransactionsAsync("describe", "--transactional-id", client.TransactionalId);
        var producers = await TransactionsAsync("describe-producers", "--topic", topic, "--partition", "0");
        var hanging = await TransactionsAsync("find-hanging", "--topic", topic, "--max-transaction-timeout", "0");

        Assert.Contains("Ongoing", Line(listed, client.TransactionalId));
        Assert.Contains($"{topic}-0", Line(described, client.TransactionalId));
        Assert.Equal([$"{client.ProducerId}", $"{client.Epoch}", "0"], (string[])[.. Columns(producers)[..2], Columns(producers)[3]]);
        Assert.Matches(@"\ATopic\s+Partition\s+ProducerId\s[^\n]*\n\z", hanging);
    }

    [Fact]
    public async Task kafka_dump_log_reads_the_transaction_state()
    {
        Tool.OnlyWhenLong();
        Assert.SkipWhen(broker.LogDirectory is null, "the broker's files are not on this machine");
        var topic = await broker.NewTopicAsync();
        using var client = await TransactionClient.ConnectAsync(broker);
        await client.InitAsync();
        await client.ProduceAsync(topic, 0);
        await client.EndAsync(commit: true);
        var segments = Directory.EnumerateFiles(broker.LogDirectory!, "*.log", SearchOption.AllDirectories)
            .Where(file => file.Contains("__transaction_state-", StringComparison.Ordinal) && new FileInfo(file).Length > 0);

        var output = await Tool.KafkaAsync(null, "kafka-dump-log.sh", "--transaction-log-decoder", "--files", string.Join(',', segments));

        var states = output.Split('\n').Where(line => line.Contains(client.TransactionalId, StringComparison.Ordinal))
            .Select(line => JsonDocument.Parse(line[(line.IndexOf("payload: ", StringComparison.Ordinal) + 9)..]).RootElement.GetProperty("data")).ToList();
        Assert.Equal([0, 1, 2, 4], states.Select(s => s.GetProperty("transactionStatus").GetInt32()));
        Assert.Equal([0, 0, 1, 1], states.Select(s => s.GetProperty("producerEpoch").GetInt32()));
        Assert.Equal(topic, states[1].GetProperty("transactionPartitions")[0].GetProperty("topic").GetString());
        Assert.Equal(2, states[1].GetProperty("clientTransactionVersion").GetInt32());
    }

    private Task<string> TransactionsAsync(params string[] arguments) =>
        Tool.KafkaAsync(null, "kafka-transactions.sh", ["--bootstrap-server", broker.BootstrapServers, .. arguments]);

    private static string Line(string table, string value) => table.Split('\n').Single(line => line.Contains(value, StringComparison.Ordinal));

    private static string[] Columns(string table) => table.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split('\t', StringSplitOptions.TrimEntries);
}
