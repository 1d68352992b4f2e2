using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using MassTransit.LogTransport;

namespace Scenarios.Driving;

/// <summary>
/// One node of Apache Kafka from a distribution on this machine: the one KAFKA_HOME names, else ../shared/kafka beside the repository.
/// Skips the test, with the reason, where there is none.
/// </summary>
internal sealed class ApacheKafkaNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("apache-kafka-");
    private readonly string _bin;
    private readonly int _port = FreePort();
    private readonly Dictionary<string, int> _listeners;
    private Process? _server;

    private ApacheKafkaNode(string home, IEnumerable<string> listeners)
    {
        _bin = Path.Combine(home, "bin");
        _listeners = listeners.ToDictionary(name => name, _ => FreePort());
    }

    public string BootstrapServers => $"127.0.0.1:{_port}";

    /// <param name="settings">Besides those that any node needs.</param>
    /// <param name="listeners">Names of listeners besides PLAINTEXT, each its own protocol.</param>
    public static async Task<ApacheKafkaNode> StartAsync(IReadOnlyDictionary<string, string>? settings = null, params string[] listeners)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.SkipUnless(path.Any(folder => File.Exists(Path.Combine(folder, "java"))), "java is not installed");
        var home = Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } set ? set : BesideRepository();
        Assert.SkipWhen(home is null, "no Apache Kafka at hand: set KAFKA_HOME to a distribution");

        var node = new ApacheKafkaNode(home!, listeners);
        await node.StartServerAsync(settings ?? new Dictionary<string, string>());
        return node;
    }

    /// <summary>The address of one of the further listeners.</summary>
    public string BootstrapServersOf(string listener) => $"127.0.0.1:{_listeners[listener]}";

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.Kill(entireProcessTree: true);
            await _server.WaitForExitAsync();
            _server.Dispose();
        }

        _data.Delete(recursive: true);
    }

    private async Task StartServerAsync(IReadOnlyDictionary<string, string> settings)
    {
        var properties = Path.Combine(_data.FullName, "server.properties");
        var controller = FreePort();
        var further = string.Concat(_listeners.Select(l => $",{l.Key}://127.0.0.1:{l.Value}"));
        await File.WriteAllTextAsync(properties, $"""
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:{controller}
            controller.listener.names=CONTROLLER
            listeners=PLAINTEXT://127.0.0.1:{_port},CONTROLLER://127.0.0.1:{controller}{further}
            advertised.listeners=PLAINTEXT://127.0.0.1:{_port}{further}
            listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
            log.dirs={Path.Combine(_data.FullName, "data")}
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=4
            group.initial.rebalance.delay.ms=0
            auto.create.topics.enable=false
            {string.Join('\n', settings.Select(s => $"{s.Key}={s.Value}"))}
            """);
        using (var format = Run("kafka-storage.sh", "format", "-t", "reference-scenarios-01", "-c", properties))
        {
            format.BeginOutputReadLine();
            await format.WaitForExitAsync();
            Assert.Equal(0, format.ExitCode);
        }

        _server = Run("kafka-server-start.sh", properties);
        _server.BeginOutputReadLine();
        NativeClient.Load();
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers, LogConnectionClose = false }).SetLogHandler((_, _) => { }).Build();
        await Eventually.Get("Apache Kafka answering", () => Task.FromResult(Answers(admin)), answers => answers, Patience);
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

    private Process Run(string script, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Path.Combine(_bin, script), arguments)
        {
            RedirectStandardOutput = true,
            Environment = { ["KAFKA_HEAP_OPTS"] = "-Xmx512m", ["LOG_DIR"] = _data.FullName },
        })!;

    private static string? BesideRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Reference.sln")))
            {
                var kafka = Path.Combine(folder.Parent?.FullName ?? folder.FullName, "shared", "kafka");
                return Directory.Exists(kafka) ? kafka : null;
            }
        }

        return null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
