using System.Diagnostics;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace LocalHosting.Tests;

public sealed class StopTests
{
    [Fact]
    public async Task dependants_stop_before_those_they_wait_for()
    {
        await using var application = new TestApplication();
        var broker = application.AddChild("broker");
        var orders = application.AddChild("orders").WaitFor(broker);
        application.AddChild("console").WaitFor(orders);
        await application.StartAsync();
        await application.BecomesHealthyAsync("console");
        var order = new List<string>();
        var seen = WatchStopsAsync(application, order);

        await application.App.StopAsync(TestApplication.Deadline);
        await seen;

        Assert.Equal(
            ["console Stopping", "console Exited", "orders Stopping", "orders Exited", "broker Stopping", "broker Exited"],
            order);
    }

    [Fact]
    public async Task a_polite_stop_leaves_exit_code_zero()
    {
        await using var application = new TestApplication();
        application.AddChild("child");
        await application.StartAsync();
        await application.BecomesHealthyAsync("child");

        await application.App.ResourceCommands.ExecuteCommandAsync("child", KnownResourceCommands.StopCommand);

        Assert.Equal(KnownResourceStates.Exited, application.Now("child").State?.Text);
        Assert.Equal(0, application.Now("child").ExitCode);
    }

    [Fact]
    public async Task a_process_that_does_not_listen_is_ended_by_force_after_ten_seconds()
    {
        var clock = new FakeTimeProvider();
        await using var application = new TestApplication();
        application.Builder.Services.AddSingleton<TimeProvider>(clock);
        application.Builder.AddProject<Projects.LocalHosting_Child>("child").WithArgs("ignore-sigterm");
        await application.StartAsync();
        await UntilItAnswersAsync(application);

        var stop = application.App.ResourceCommands.ExecuteCommandAsync("child", KnownResourceCommands.StopCommand);
        await application.ReachesAsync("child", KnownResourceStates.Stopping);
        while (!stop.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await stop;
        Assert.Equal(137, application.Now("child").ExitCode);
        Assert.True(clock.GetUtcNow() - clock.Start >= TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task what_a_process_has_started_ends_with_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sessions are led on Linux only.");
        await using var application = new TestApplication();
        application.AddChild("child", "with-grandchild");
        await application.StartAsync();
        await application.BecomesHealthyAsync("child");
        using var grandchild = Process.GetProcessById(await application.GetAsync<int>("child", "/grandchild"));

        await application.App.ResourceCommands.ExecuteCommandAsync("child", KnownResourceCommands.StopCommand);

        await grandchild.WaitForExitAsync(TestApplication.Deadline);
    }

    [Fact]
    public async Task a_stop_while_others_wait_leaves_them_not_started()
    {
        await using var application = new TestApplication();
        var server = application.AddChild("server", "unhealthy");
        application.AddChild("client").WaitFor(server);
        using var giveUp = new CancellationTokenSource();
        var start = application.App.StartAsync(giveUp.Token);
        await application.ReachesAsync("client", KnownResourceStates.Waiting);
        await application.ReachesAsync("server", KnownResourceStates.Running);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        Assert.Equal(KnownResourceStates.NotStarted, application.Now("client").State?.Text);
        Assert.Equal(KnownResourceStates.Exited, application.Now("server").State?.Text);
    }

    private static async Task WatchStopsAsync(TestApplication application, List<string> order)
    {
        await foreach (var change in application.Notifications.WatchAsync(TestApplication.Deadline))
        {
            if (change.Snapshot.State?.Text is "Stopping" or "Exited")
            {
                order.Add($"{change.ResourceId} {change.Snapshot.State.Text}");
                if (order[^1] == "broker Exited")
                {
                    return;
                }
            }
        }
    }

    private static async Task UntilItAnswersAsync(TestApplication application)
    {
        using var client = application.App.CreateHttpClient("child");
        while (!TestApplication.Deadline.IsCancellationRequested)
        {
            try
            {
                using var answer = await client.GetAsync("/ready", TestApplication.Deadline);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Yield();
            }
        }
    }
}
