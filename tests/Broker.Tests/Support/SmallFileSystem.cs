using System.Diagnostics;

namespace Broker.Tests.Support;

/// <summary>A real file system of few bytes, mounted for one test. Linux, and root, have one; elsewhere the test is skipped.</summary>
internal sealed class SmallFileSystem : IAsyncDisposable
{
    private SmallFileSystem(string path) => Path = path;

    public string Path { get; }

    public static async Task<SmallFileSystem> MountAsync(int megabytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a file system of a given size can be mounted on Linux only");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may mount a file system");
        var path = Directory.CreateTempSubdirectory("broker-tests-").FullName;
        var (exitCode, error) = await RunAsync("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path);
        if (exitCode != 0)
        {
            Directory.Delete(path);
            Assert.Skip($"no file system can be mounted here: {error}");
        }

        return new SmallFileSystem(path);
    }

    public async ValueTask DisposeAsync()
    {
        var (exitCode, error) = await RunAsync("umount", Path);
        Assert.True(exitCode == 0, error);
        Directory.Delete(Path);
    }

    private static async Task<(int ExitCode, string Error)> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, error.Trim());
    }
}
