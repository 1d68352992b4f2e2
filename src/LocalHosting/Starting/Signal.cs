using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Starting;

/// <summary>Signals of Unix. A process or group that is gone already is no error.</summary>
internal static class Signal
{
    public const int Kill = 9;
    public const int Terminate = 15;

    public static void Send(Process process, int signal)
    {
        // Until somebody waits for it, an ended process keeps its id, so that nobody else can be hit.
        if (!process.HasExited)
        {
            kill(process.Id, signal);
        }
    }

    public static void SendToGroup(int leader, int signal) => kill(-leader, signal);

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int pid, int signal);
}
