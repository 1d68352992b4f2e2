using System.Diagnostics;
using MassTransit.SqliteOutbox.Tests.Support;

[assembly: AssemblyFixture(typeof(PostgresCluster))]

namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>
/// A PostgreSQL server of the test run's own, in a temporary directory and on a socket there, started when the first test
/// asks for it. Without the server's programs those tests are skipped.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string Owner = "postgres";

    private static readonly Lazy<Task<DirectoryInfo>> Started = new(Start);

    private static string? Programs { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Order().Reverse().Select(version => Path.Combine(version, "bin")) : [])
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl")));

    public static async Task<string> ConnectionString()
    {
        Assert.SkipWhen(Programs is null, "PostgreSQL is not installed");

        return $"Host={(await Started.Value).FullName};Username={Owner}";
    }

    public async ValueTask DisposeAsync()
    {
        if (!Started.IsValueCreated)
            return;

        DirectoryInfo directory = await Started.Value;
        await Run("pg_ctl", "stop", "-D", directory.FullName, "-m", "immediate", "-w");
        directory.Delete(recursive: true);
    }

    private static async Task<DirectoryInfo> Start()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("outbox-pg-");
        if (Environment.IsPrivilegedProcess)
            await RunAs(user: null, "chown", Owner, directory.FullName);

        await Run("initdb", "-D", directory.FullName, "-U", Owner, "--auth=trust", "--no-sync", "--encoding=UTF8");
        // What dies in these tests are its clients, never the machine, so nothing is gained by waiting for the disk.
        await Run("pg_ctl", "start", "-D", directory.FullName, "-w", "-l", Path.Combine(directory.FullName, "log"),
            "-o", $"-c listen_addresses= -c unix_socket_directories={directory.FullName} -c max_connections=400 -c fsync=off");

        return directory;
    }

    /// <summary>The server refuses to run as root.</summary>
    private static Task Run(string program, params string[] arguments) =>
        RunAs(Environment.IsPrivilegedProcess ? Owner : null, Path.Combine(Programs!, program), arguments);

    private static async Task RunAs(string? user, string program, params string[] arguments)
    {
        string[] command = user is null ? [program, .. arguments] : ["runuser", "-u", user, "--", program, .. arguments];
        // By the shell and not by a pipe, which a server that is started would keep open.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null", "sh", .. command]) { WorkingDirectory = "/" };
        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
