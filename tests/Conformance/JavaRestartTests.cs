using Broker.Protocol;
using Conformance.Support;
using InTests = Broker.Testing.TestBroker;

namespace Conformance;

/// <summary>
/// The Java client through a crash and a restart of its broker. It compares its position with the log by OffsetForLeaderEpoch then,
/// because every start raises the leader epoch.
/// </summary>
public sealed class JavaRestartTests(TestBroker shared) : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("conformance-java-restart-").FullName;

    [Theory]
    [InlineData("classic")]
    [InlineData("consumer")]
    public async Task what_the_console_producer_sends_through_a_kill_and_a_restart_the_console_consumer_prints_once_and_in_order(string groupProtocol)
    {
        Tool.OnlyWhenLong();
        Assert.SkipWhen(shared.LogDirectory is null, "the broker under test cannot be killed from here");
        await using var broker = await InTests.StartAsync(_directory, o => o.GroupInitialRebalanceDelayMs = 0, loggerFactory: SentRequests.OfThisRun);
        await broker.Server.Admin.CreateTopicAsync("numbers");
        await using var consumer = LiveTool.Kafka(
            "kafka-console-consumer.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", "numbers", "--group", "readers", "--from-beginning",
            "--max-messages", "400", "--command-property", $"group.protocol={groupProtocol}");
        await using var producer = LiveTool.Kafka(
            "kafka-console-producer.sh", "--bootstrap-server", broker.BootstrapServers, "--topic", "numbers",
            "--command-property", "linger.ms=1", "--command-property", "retries=2147483647");

        await producer.WriteAsync(Numbers(0));
        await consumer.UntilAsync("100 numbers", tool => tool.Lines.Count == 100);
        await producer.WriteAsync(Numbers(100));
        await broker.KillAsync();
        await broker.RestartAsync();
        await producer.WriteAsync(Numbers(200));
        await broker.RestartAsync();
        await producer.WriteAsync(Numbers(300));
        await producer.EndAsync();
        await consumer.EndAsync();

        Assert.Equal(Enumerable.Range(0, 400).Select(i => $"{i}"), consumer.Lines);
        Assert.Contains(SentRequests.OfThisRun.All, s => s is { Api: ApiKey.OffsetForLeaderEpoch, Version: 4 });
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static IEnumerable<string> Numbers(int from) => Enumerable.Range(from, 100).Select(i => $"{i}");
}
