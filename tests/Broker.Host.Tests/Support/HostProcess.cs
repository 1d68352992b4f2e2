using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Broker.Host.Tests.Support;

/// <summary>The real executable, on free ports, over a directory of the test's.</summary>
internal sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private HostProcess(Process process) => _process = process;

    /// <summary>Everything written to standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    public int Id => _process.Id;

    /// <summary>The line it says when it serves.</summary>
    public string ReadyLine { get; private set; } = "";

    public int KafkaPort => int.Parse(Ready().Match(ReadyLine).Groups["kafka"].Value, System.Globalization.CultureInfo.InvariantCulture);

    public Uri Http => new(Ready().Match(ReadyLine).Groups["http"].Value);

    /// <summary>Without the variables that configure the machine the test runs on.</summary>
    public static HostProcess Start(string directory, params string[] args) => Start(directory, [], args);

    public static async Task<HostProcess> StartReadyAsync(string directory, params string[] args) => await Start(directory, [], args).ReadyAsync();

    public static async Task<HostProcess> StartReadyAsync(string directory, Dictionary<string, string> environment) =>
        await Start(directory, environment, []).ReadyAsync();

    private static HostProcess Start(string directory, Dictionary<string, string> environment, string[] args)
    {
        var host = Path.Combine(AppContext.BaseDirectory, "Broker.Host.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] defaults = ["--log.dirs", directory, "--listeners", "PLAINTEXT://127.0.0.1:0", "--http.listen", "127.0.0.1:0"];
        foreach (var arg in (string[])[host, .. defaults, .. args])
            start.ArgumentList.Add(arg);
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("KAFKA_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var started = new HostProcess(Process.Start(start)!);
        started._process.ErrorDataReceived += (_, line) => started.Note(line.Data);
        started._process.BeginErrorReadLine();
        return started;
    }

    /// <exception cref="InvalidOperationException">It ended before it was ready.</exception>
    public async Task<HostProcess> ReadyAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        ReadyLine = await _process.StandardOutput.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException($"It ended: {Errors}");
        return this;
    }

    public void Terminate() => Assert.Equal(0, kill(_process.Id, 15));

    public void Kill() => _process.Kill();

    /// <summary>It stands still, as a machine that is paused, until <see cref="Thaw"/>.</summary>
    public void Freeze() => Assert.Equal(0, kill(_process.Id, OperatingSystem.IsMacOS() ? 17 : 19));

    public void Thaw() => Assert.Equal(0, kill(_process.Id, OperatingSystem.IsMacOS() ? 19 : 18));

    /// <summary>Its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await EndAsync();
        }

        _process.Dispose();
    }

    private void Note(string? line)
    {
        lock (_errors)
            _errors.AppendLine(line);
    }

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);

    [GeneratedRegex(@"^Broker \S+ ready: kafka 127\.0\.0\.1:(?<kafka>\d+), data (?<data>.+), http (?<http>http://127\.0\.0\.1:\d+)$")]
    public static partial Regex Ready();
}
