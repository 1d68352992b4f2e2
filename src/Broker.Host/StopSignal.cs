using System.Runtime.InteropServices;

namespace Broker.Host;

/// <summary>
/// When this process is asked to end: by SIGTERM, by Ctrl-C, or because the app host that started it is gone. The app host holds
/// the other end of standard input and never writes to it; the kernel closes that end however the app host dies.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    /// <summary>Set by the local app host; without it standard input is left alone.</summary>
    private const string WatchInput = "LocalHosting__StopWhenInputCloses";

    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;

    public StopSignal(System.Collections.IDictionary environment)
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);

        // A read of standard input cannot be cancelled. A background thread does not hold up the end of the process.
        if (bool.TryParse(environment[WatchInput] as string, out var watch) && watch)
            new Thread(WaitForEndOfInput) { IsBackground = true, Name = "app host watch" }.Start();
    }

    public Task Asked => _asked.Task;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    /// <summary>The first signal is a request; a second one ends the process as it would have without us.</summary>
    private void Ask(PosixSignalContext context) => context.Cancel = _asked.TrySetResult();

    private void WaitForEndOfInput()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> discarded = stackalloc byte[64];
        while (input.Read(discarded) > 0)
        {
        }

        _asked.TrySetResult();
    }
}
