using System.Collections.Concurrent;
using System.Diagnostics;
using Scenarios.Driving;

namespace Conformance.Support;

/// <summary>A program of somebody else that goes on while the test does something to its broker.</summary>
public sealed class LiveTool : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private LiveTool(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Keep(_lines, e.Data);
        process.ErrorDataReceived += (_, e) => Keep(_errors, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it has printed so far.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>What it has said beside that.</summary>
    public IReadOnlyList<string> Messages => [.. _errors];

    /// <summary>Starts one of Apache Kafka's own tools.</summary>
    public static LiveTool Kafka(string script, params string[] arguments) => Start(Path.Combine(Tool.KafkaHome(), "bin", script), arguments);

    public static LiveTool Start(string program, params string[] arguments) => new(Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!);

    /// <summary>Gives it lines to read.</summary>
    public async Task WriteAsync(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Completes when what it has printed is enough.</summary>
    public async Task UntilAsync(string what, Func<LiveTool, bool> isEnough)
    {
        try
        {
            await Eventually.Get(what, () => Task.FromResult(this), isEnough, Deadline);
        }
        catch (TimeoutException e)
        {
            Assert.Fail($"{e.Message}\n{this}");
        }
    }

    /// <summary>Ends its input and waits until it has ended by itself, without an error.</summary>
    public async Task EndAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"It does not end.\n{this}");
        }

        Assert.True(_process.ExitCode == 0, $"It ended with {_process.ExitCode}.\n{this}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public override string ToString() => $"{string.Join('\n', Lines)}\n{string.Join('\n', Messages)}";

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }
}
