using System.ComponentModel;
using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Starting;

/// <summary>
/// One run of a process, from its start to its end. On Linux it leads a session of its own, so that a Ctrl-C in the terminal reaches the
/// app host alone, which then stops the processes in order. Its standard input is open until the app host ends, however that comes
/// about, and never written to: that is how the process learns that it is alone.
/// </summary>
internal sealed class ProcessRun : IAsyncDisposable
{
    /// <summary>How long a process that has been asked to end may take.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long the last output of an ended process may take; longer only if a process outside its session keeps the pipe open.</summary>
    private static readonly TimeSpan LastOutputTimeout = TimeSpan.FromSeconds(2);

    private static readonly string? SessionStarter = new[] { "/usr/bin/setsid", "/bin/setsid" }.FirstOrDefault(File.Exists);

    private readonly Process _process;
    private readonly Task _output;
    private readonly TimeProvider _time;

    private ProcessRun(Process process, ResourceLog log, TimeProvider time)
    {
        _process = process;
        _time = time;
        _output = Task.WhenAll(CopyAsync(process.StandardOutput, isError: false, log), CopyAsync(process.StandardError, isError: true, log));
        Ended = WaitForEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>The exit code, once the process, everything left of its session, and its output have ended.</summary>
    public Task<int> Ended { get; }

    /// <exception cref="DistributedApplicationException">The program cannot be started.</exception>
    public static ProcessRun Start(Launch launch, ResourceLog log, TimeProvider time)
    {
        string[] command = SessionStarter is null ? [launch.Program, .. launch.Arguments] : [SessionStarter, launch.Program, .. launch.Arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = launch.WorkingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in launch.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return new ProcessRun(Process.Start(start)!, log, time);
        }
        catch (Win32Exception e)
        {
            throw new DistributedApplicationException($"'{launch.Program}' cannot be started in '{launch.WorkingDirectory}': {e.Message}");
        }
    }

    /// <summary>Asks the process to end; after <see cref="StopTimeout"/> it is ended by force, with all it has started.</summary>
    public async Task StopAsync()
    {
        if (OperatingSystem.IsWindows())
        {
            // There is no signal to send. A process that watches its input takes the end of it for the same request.
            _process.StandardInput.Close();
        }
        else
        {
            Signal.Send(_process, Signal.Terminate);
        }

        try
        {
            await Ended.WaitAsync(StopTimeout, _time);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await Ended;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await Ended;
        _process.Dispose();
    }

    private static async Task CopyAsync(StreamReader output, bool isError, ResourceLog log)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            log.Add(line, isError);
        }
    }

    private async Task<int> WaitForEndAsync()
    {
        await _process.WaitForExitAsync();
        if (SessionStarter is not null)
        {
            // As long as one process of the group is left, its id is not given to another.
            Signal.SendToGroup(_process.Id, Signal.Kill);
        }

        await _output.WaitAsync(LastOutputTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _process.ExitCode;
    }
}

/// <summary>What to start, and how.</summary>
internal sealed record Launch(string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string WorkingDirectory);
