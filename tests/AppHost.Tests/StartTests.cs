using System.Net;
using System.Net.Sockets;

namespace AppHost.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task processes_end_when_the_app_host_is_killed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are listed from /proc.");
        await using var host = new AppHostProcess("--ports", "random");
        await host.LineAsync("payment-gateway       Healthy");
        Assert.True(host.Processes().Count >= 2, host.Output);

        host.Signal(AppHostProcess.Kill);

        await host.AllGoneAsync();
    }

    [Fact]
    public async Task a_busy_port_is_refused_before_anything_starts()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are listed from /proc.");
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;

        await using var host = new AppHostProcess("--ports", "random", "--broker:port", $"{port}");

        Assert.Equal(1, await host.ExitCodeAsync());
        Assert.Contains($"Port {port} of 'broker' (kafka) is held by", host.Output);
        Assert.Contains("Nothing has been started.", host.Output);
        Assert.DoesNotContain("Starting", host.Output);
    }

    [Theory]
    [InlineData("--broker:port", "none", "--broker:port is a port")]
    [InlineData("--ports", "some", "'fixed' or 'random'")]
    public async Task a_setting_that_makes_no_sense_is_refused_in_a_sentence(string name, string value, string sentence)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes are listed from /proc.");
        await using var host = new AppHostProcess(name, value);

        Assert.Equal(1, await host.ExitCodeAsync());
        Assert.Contains(sentence, host.Output);
    }
}
