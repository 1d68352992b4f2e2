using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using CliWrap;

namespace Conformance.Support;

/// <summary>A Kafka Connect worker in distributed mode, with its own three topics; told what to do over its REST port.</summary>
public sealed class ConnectWorker : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http;
    private readonly Task<CommandResult> _process;

    private ConnectWorker(string home, string properties, int port)
    {
        Id = $"127.0.0.1:{port}";
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = Deadline };
        var output = PipeTarget.ToDelegate(line =>
        {
            if (line.Contains("Kafka Connect started", StringComparison.Ordinal))
                _started.TrySetResult();
        });
        _process = Cli.Wrap(Path.Combine(home, "bin", "connect-distributed.sh")).WithArguments(properties)
            .WithEnvironmentVariables(new Dictionary<string, string?> { ["KAFKA_LOG_LEVEL"] = "info" })
            .WithStandardOutputPipe(output).WithStandardErrorPipe(output).WithValidation(CommandResultValidation.None)
            .ExecuteAsync(CancellationToken.None, _stop.Token);
    }

    /// <summary>What the workers of its group call it.</summary>
    public string Id { get; }

    /// <param name="bootstrapServers">The cluster it keeps its state in and moves records to and from.</param>
    /// <param name="folder">Where its settings are written. Workers of the same folder are one group; one started later takes over what was there.</param>
    /// <param name="settings">Further settings of the worker.</param>
    public static async Task<ConnectWorker> StartAsync(string bootstrapServers, string folder, params string[] settings)
    {
        var home = Tool.KafkaHome();
        var name = Path.GetFileName(folder);
        var port = FreePort();
        var properties = Path.Combine(folder, $"worker-{port}.properties");
        await File.WriteAllLinesAsync(properties,
        [
            $"bootstrap.servers={bootstrapServers}",
            $"listeners=http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}",
            $"group.id={name}",
            $"config.storage.topic={name}-configs",
            $"offset.storage.topic={name}-offsets",
            $"status.storage.topic={name}-status",
            "config.storage.replication.factor=1",
            "offset.storage.replication.factor=1",
            "status.storage.replication.factor=1",
            "offset.flush.interval.ms=500",
            "scheduled.rebalance.max.delay.ms=0",
            "key.converter=org.apache.kafka.connect.storage.StringConverter",
            "value.converter=org.apache.kafka.connect.storage.StringConverter",
            .. settings,
        ]);

        var worker = new ConnectWorker(home, properties, port);
        try
        {
            await Task.WhenAny(worker._started.Task, worker._process).WaitAsync(Deadline);
            Assert.True(worker._started.Task.IsCompleted, "the worker ended before it had started");
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }

        return worker;
    }

    /// <summary>Makes or changes a connector and waits until it and its tasks run.</summary>
    public async Task RunAsync(string connector, Dictionary<string, string> config)
    {
        using var answer = await _http.PutAsJsonAsync($"connectors/{connector}/config", config);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await Polling.HoldsAsync(() => RunsAsync(connector), $"{connector} runs");
    }

    /// <summary>Whether a connector and at least one task of it run; none of its tasks may have failed.</summary>
    public async Task<bool> RunsAsync(string connector)
    {
        using var answer = await _http.GetAsync($"connectors/{connector}/status");
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return false;

        var status = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var tasks = status.GetProperty("tasks").EnumerateArray().ToList();
        Assert.DoesNotContain("FAILED", tasks.Select(task => task.GetProperty("state").GetString()));
        return status.GetProperty("connector").GetProperty("state").GetString() == "RUNNING"
            && tasks.Count > 0 && tasks.TrueForAll(task => task.GetProperty("state").GetString() == "RUNNING");
    }

    /// <summary>The workers that a connector's tasks run on.</summary>
    public async Task<IReadOnlyList<string>> HostsAsync(string connector)
    {
        var status = await _http.GetFromJsonAsync<JsonElement>($"connectors/{connector}/status");
        return [.. status.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("worker_id").GetString()!)];
    }

    /// <summary>Lets the worker end as its user would: it finishes what it does and keeps how far it came.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _process.WaitAsync(Deadline);
        }
        catch (OperationCanceledException) when (_process.IsCanceled)
        {
            // It was asked to end, and did.
        }

        _http.Dispose();
        _stop.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
