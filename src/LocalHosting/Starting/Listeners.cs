using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace Aspire.Hosting.Starting;

/// <summary>Which ports of this machine's loopback are listened on, and by whom.</summary>
internal static class Listeners
{
    private const string ListenState = "0A";

    public static HashSet<int> OfThisMachine() => [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
        .Where(listener => IsReachedByLoopback(listener.Address))
        .Select(listener => listener.Port)];

    /// <summary>Name and id of the process that listens on a port; null where the system does not tell.</summary>
    public static string? HolderOf(int port)
    {
        if (!OperatingSystem.IsLinux() || InodesOf(port) is not { Count: > 0 } inodes)
        {
            return null;
        }

        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                if (Holds(process.Id, inodes))
                {
                    return string.Create(CultureInfo.InvariantCulture, $"{process.ProcessName} (pid {process.Id})");
                }
            }
        }

        return null;
    }

    private static bool IsReachedByLoopback(IPAddress address) =>
        IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
        || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>Columns of <c>/proc/net/tcp</c>: number, local address, remote address, state, queues, timer, retransmits, uid, timeout, inode.</summary>
    private static HashSet<string> InodesOf(int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return [.. new[] { "/proc/net/tcp", "/proc/net/tcp6" }
            .Where(File.Exists)
            .SelectMany(file => File.ReadLines(file).Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns[1].EndsWith(suffix, StringComparison.Ordinal) && columns[3] == ListenState)
            .Select(columns => $"socket:[{columns[9]}]")];
    }

    private static bool Holds(int pid, HashSet<string> inodes)
    {
        try
        {
            return new DirectoryInfo($"/proc/{pid}/fd").EnumerateFiles().Any(file => file.LinkTarget is { } target && inodes.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another user's process, or one that has just ended: it cannot be looked into.
            return false;
        }
    }
}
