using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace AppHost.Tests;

/// <summary>The app host as a user starts it: a process of its own, with free ports and an empty data directory.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    public const int Interrupt = 2;
    public const int Kill = 9;

    private const string Mark = "APP_HOST_TEST_RUN";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("app-host-");
    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _output = new();
    private readonly Process _process;

    public AppHostProcess(params string[] args)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "AppHost.dll");
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [program, "--data", _data.FullName, "--environment", "Development", .. args])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { [Mark] = _run },
            },
        };
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>The next line that contains a text.</summary>
    public async Task<string> LineAsync(string text)
    {
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(Deadline))
            {
                if (line.Contains(text, StringComparison.Ordinal))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"No line with '{text}' came. What came:{Environment.NewLine}{Output}");
        }

        throw new InvalidOperationException("The channel is never completed.");
    }

    public void Signal(int signal) => Assert.Equal(0, kill(_process.Id, signal));

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync(Deadline);
        return _process.ExitCode;
    }

    /// <summary>Every process that carries this run's mark in its environment: the app host, its children, and theirs.</summary>
    public IReadOnlyList<int> Processes() => [.. Directory.EnumerateDirectories("/proc")
        .Select(directory => int.TryParse(Path.GetFileName(directory), out var pid) ? pid : 0)
        .Where(pid => pid != 0 && EnvironmentOf(pid).Contains(_run, StringComparison.Ordinal))];

    /// <summary>Waits until none of the run's processes is left.</summary>
    public async Task AllGoneAsync()
    {
        foreach (var pid in Processes())
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                await process.WaitForExitAsync(Deadline);
            }
            catch (ArgumentException)
            {
                // It ended between the listing and the look at it.
            }
        }

        Assert.Empty(Processes());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pid in Processes())
        {
            kill(pid, Kill);
        }

        await AllGoneAsync();
        _process.Dispose();
        _data.Delete(recursive: true);
    }

    private static string EnvironmentOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/environ");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Ended meanwhile, or somebody else's.
            return "";
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        _lines.Writer.TryWrite(line);
    }
}
