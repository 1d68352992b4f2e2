using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Eventually = Scenarios.Driving.Eventually;

namespace Compliance.Transports;

/// <summary>
/// One node of Debian's rabbitmq-server, on ports, data and a port mapper of its own, so that one that the machine runs is left alone.
/// </summary>
internal sealed class RabbitMqNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rabbitmq-");
    private readonly HttpClient _management;
    private readonly Dictionary<string, string> _environment;
    private readonly string _scripts;
    private Process? _server;

    private RabbitMqNode(string scripts)
    {
        var (management, distribution, mapper) = (FreePort(), FreePort(), FreePort());
        _scripts = scripts;
        _management = new() { BaseAddress = new Uri($"http://127.0.0.1:{management}/api/") };
        _management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("guest:guest")));
        _environment = new()
        {
            ["HOME"] = _directory.FullName,
            ["RABBITMQ_NODENAME"] = $"compliance{distribution}@localhost",
            ["RABBITMQ_DIST_PORT"] = $"{distribution}",
            ["RABBITMQ_MNESIA_BASE"] = In("data"),
            ["RABBITMQ_LOG_BASE"] = In("log"),
            ["RABBITMQ_CONFIG_FILE"] = In("rabbitmq.conf"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = In("plugins"),
            ["RABBITMQ_PID_FILE"] = In("pid"),
            ["RABBITMQ_CONF_ENV_FILE"] = In("none"),
            ["ERL_EPMD_PORT"] = $"{mapper}",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        };
        File.WriteAllText(In("plugins"), "[rabbitmq_management].\n");
        File.WriteAllText(In("rabbitmq.conf"), $"""
            listeners.tcp.1 = 127.0.0.1:{Port}
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {management}
            disk_free_limit.absolute = 10MB

            """);
    }

    public ushort Port { get; } = FreePort();

    /// <summary>The script on the path changes the user; those it calls do not. Null where the server is not installed.</summary>
    public static string? Scripts { get; } = Directory.Exists("/usr/lib/rabbitmq/lib")
        ? Directory.EnumerateDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*").Select(version => Path.Combine(version, "sbin")).FirstOrDefault(Directory.Exists)
        : null;

    public static async Task<RabbitMqNode> StartAsync()
    {
        var node = new RabbitMqNode(Scripts ?? throw new InvalidOperationException("rabbitmq-server is not installed"));
        node._server = node.Run("rabbitmq-server");
        await Eventually.Get("RabbitMQ answering", node.Answers, answers => answers, Patience);
        return node;
    }

    /// <summary>Of the server itself, which scripts have started.</summary>
    public async Task<int> ProcessIdAsync() => int.Parse(await File.ReadAllTextAsync(In("pid")), CultureInfo.InvariantCulture);

    public async Task CreateVirtualHostAsync(string name)
    {
        using var created = await _management.PutAsync(new Uri($"vhosts/{name}", UriKind.Relative), Json("{}"));
        created.EnsureSuccessStatusCode();
        using var allowed = await _management.PutAsync(new Uri($"permissions/{name}/guest", UriKind.Relative), Json("""{"configure":".*","write":".*","read":".*"}"""));
        allowed.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.Kill(entireProcessTree: true);
            await _server.WaitForExitAsync();
            _server.Dispose();
        }

        // The port mapper is a daemon that the server has left behind.
        using (var kill = Process.Start(Started("epmd", "-kill")))
            await (kill?.WaitForExitAsync() ?? Task.CompletedTask);

        _management.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task<bool> Answers()
    {
        if (_server!.HasExited)
            throw new InvalidOperationException($"rabbitmq-server ended with {_server.ExitCode}");

        try
        {
            using var answer = await _management.GetAsync(new Uri("health/checks/port-listener/" + Port, UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Process Run(string script)
    {
        var process = Process.Start(Started(Path.Combine(_scripts, script)))!;
        process.BeginOutputReadLine();
        return process;
    }

    private ProcessStartInfo Started(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;

        return start;
    }

    private string In(string name) => Path.Combine(_directory.FullName, name);

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static ushort FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (ushort)((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
