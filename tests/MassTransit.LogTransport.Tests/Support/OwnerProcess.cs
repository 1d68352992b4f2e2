using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MassTransit.LogTransport.Tests.Support;

/// <summary>
/// A process of its own that owns its share of the schedule of a prefix, or copies its steps, until it is killed. Such tests take seconds each, so they are skipped unless LONG_TESTS is 1.
/// </summary>
internal sealed class OwnerProcess : IAsyncDisposable
{
    private const int Stop = 19;
    private const int Continue = 18;
    private readonly Process _process;
    private readonly Arrivals<string> _lines = new();

    private OwnerProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => _lines.Add(line.Data ?? "(ended)");
        _process.BeginOutputReadLine();
    }

    public static OwnerProcess Start(string bootstrapServers, string prefix, bool transactions = false, bool copies = false)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("LONG_TESTS") == "1", "long test: set LONG_TESTS=1");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var arg in (string[])[Path.Combine(AppContext.BaseDirectory, "MassTransit.LogTransport.Child.dll"), bootstrapServers, prefix, $"{transactions}", $"{copies}"])
            start.ArgumentList.Add(arg);

        return new OwnerProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it logs this.</summary>
    public async Task Says(string text)
    {
        while (await _lines.Next() is var line && !line.Contains(text, StringComparison.Ordinal))
            TestContext.Current.TestOutputHelper?.WriteLine($"child: {line}");
    }

    public void Freeze() => Assert.Equal(0, kill(_process.Id, Stop));

    public void Wake() => Assert.Equal(0, kill(_process.Id, Continue));

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);
}
