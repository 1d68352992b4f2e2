using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;

namespace MassTransit.LogTransport.Tests.Support;

/// <summary>
/// One node of Apache Kafka, from the distribution that KAFKA_HOME names. Starting it takes seconds, so the tests that do are skipped, with the reason, unless LONG_TESTS is 1.
/// </summary>
public sealed class ApacheKafka : ITestBroker, IAsyncDisposable
{
    /// <summary>On a machine that starts several at once.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("transport-kafka");
    private readonly int _port = FreePort();
    private readonly int _controllerPort = FreePort();
    private Process? _server;

    public string BootstrapServers => $"127.0.0.1:{_port}";

    private string Properties => Path.Combine(_directory.FullName, "server.properties");

    public async Task Start()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("LONG_TESTS") == "1", "long test: set LONG_TESTS=1");
        var home = Environment.GetEnvironmentVariable("KAFKA_HOME");
        Assert.SkipWhen(string.IsNullOrEmpty(home), "no Apache Kafka at hand: set KAFKA_HOME to a distribution");

        if (_server != null)
            return;

        if (!File.Exists(Properties))
            await Format(home!);

        _server = Run(home!, "kafka-server-start.sh", Properties);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).SetLogHandler((_, _) => { }).Build();
        await Eventually.True(() => Answers(admin), "Apache Kafka answers", StartLimit);
    }

    /// <summary>Without asking it: it finds its log on disk as a crash leaves it.</summary>
    public async Task Stop()
    {
        if (_server == null)
            return;

        _server.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _directory.Delete(recursive: true);
    }

    private async Task Format(string home)
    {
        await File.WriteAllTextAsync(Properties, $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{_controllerPort}
            controller.listener.names=CONTROLLER
            listeners=PLAINTEXT://127.0.0.1:{_port},CONTROLLER://127.0.0.1:{_controllerPort}
            advertised.listeners=PLAINTEXT://127.0.0.1:{_port}
            listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
            log.dirs={Path.Combine(_directory.FullName, "data")}
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=4
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            transaction.state.log.num.partitions=4
            group.initial.rebalance.delay.ms=0
            auto.create.topics.enable=false
            log.cleaner.backoff.ms=100
            log.retention.check.interval.ms=100
            """);
        using var format = Run(home, "kafka-storage.sh", "format", "-t", "transport-tests-000001", "-c", Properties);
        await format.WaitForExitAsync();
        Assert.Equal(0, format.ExitCode);
    }

    private Process Run(string home, string script, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(Path.Combine(home, "bin", script), arguments)
        {
            RedirectStandardOutput = true,
            Environment = { ["KAFKA_HEAP_OPTS"] = "-Xmx512m", ["LOG_DIR"] = _directory.FullName },
        })!;
        process.BeginOutputReadLine();

        return process;
    }

    private static bool Answers(IAdminClient admin)
    {
        try
        {
            return admin.GetMetadata(TimeSpan.FromSeconds(2)).Brokers.Count > 0;
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();

        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
