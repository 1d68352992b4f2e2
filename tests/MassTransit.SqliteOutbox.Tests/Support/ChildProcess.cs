using System.Diagnostics;
using System.Reflection;

namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>Another process of the service, which says how far it is and can be killed at any time.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly string Program = typeof(ChildProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "Child").Value!;

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public static ChildProcess Start(string role, TestDatabase database, string bootstrapServers) => new(Process.Start(
        new ProcessStartInfo("dotnet", [Program, role, database.ConnectionString, bootstrapServers])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);

    /// <summary>Waits for its next line.</summary>
    public async Task<string> Says()
    {
        using var deadline = new CancellationTokenSource(Wire.Deadline);

        return await _process.StandardOutput.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException("The process ended.");
    }

    public async Task Says(string word)
    {
        while (await Says() != word)
        {
        }
    }

    /// <summary>SIGKILL: it can do nothing about it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task StopAsync()
    {
        await _process.StandardInput.WriteLineAsync("stop");
        using var deadline = new CancellationTokenSource(Wire.Deadline);
        await _process.StandardOutput.ReadToEndAsync(deadline.Token);
        await _process.WaitForExitAsync(deadline.Token);
        Assert.Equal(0, _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();

        _process.Dispose();
    }
}
