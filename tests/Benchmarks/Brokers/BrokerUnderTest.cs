using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Benchmarks.Brokers;

/// <summary>A broker in a process of its own, of which we know what it costs.</summary>
internal abstract class BrokerUnderTest(string name) : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("benchmark-");
    private Process? _process;

    public string Name => name;

    public int Port { get; } = FreePort();

    public string BootstrapServers => $"127.0.0.1:{Port}";

    public ProcessUsage Usage => new(_process!.Id);

    protected string Data => _directory.FullName;

    /// <summary>Topic settings under which acks=all is answered from the page cache, or only after fsync.</summary>
    public abstract Dictionary<string, string> Durability(bool fsync);

    /// <summary>From the start of the process to the first answer to a client.</summary>
    public async Task<TimeSpan> StartAsync()
    {
        await PrepareAsync();
        var watch = Stopwatch.StartNew();
        var start = Command();
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await AnswersAsync(deadline.Token))
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"{Name} ended at start with {_process.ExitCode}");
            await Task.Delay(TimeSpan.FromMilliseconds(2), deadline.Token);
        }

        return watch.Elapsed;
    }

    /// <summary>The orderly way.</summary>
    public async Task StopAsync()
    {
        if (_process is null)
            return;
        using (var signal = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
            await signal.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _directory.Delete(recursive: true);
    }

    public async Task<string> NewTopicAsync(int partitions, bool fsync = false, Dictionary<string, string>? settings = null)
    {
        var topic = $"bench-{Guid.NewGuid():N}";
        var configs = new Dictionary<string, string>(Durability(fsync).Concat(settings ?? []));
        using var admin = Admin();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = 1, Configs = configs }]);
        return topic;
    }

    public async Task DeleteTopicAsync(string topic)
    {
        using var admin = Admin();
        await admin.DeleteTopicsAsync([topic]);
    }

    protected virtual Task PrepareAsync() => Task.CompletedTask;

    protected abstract ProcessStartInfo Command();

    private IAdminClient Admin() =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).SetLogHandler((_, _) => { }).Build();

    /// <summary>An ApiVersions v0 request has an answer.</summary>
    private async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port, ct);
            var stream = client.GetStream();
            await stream.WriteAsync(new byte[] { 0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255 }, ct);
            await stream.ReadExactlyAsync(new byte[8], ct);
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
