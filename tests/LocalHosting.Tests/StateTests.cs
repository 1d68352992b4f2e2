using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LocalHosting.Tests;

public sealed class StateTests
{
    [Fact]
    public async Task a_start_passes_through_starting_and_running_to_healthy()
    {
        await using var application = new TestApplication();
        application.AddChild("child");
        var seen = new List<(string?, HealthStatus?)>();
        var watch = application.Notifications.WaitForResourceAsync(
            "child",
            change =>
            {
                seen.Add((change.Snapshot.State?.Text, change.Snapshot.HealthStatus));
                return change.Snapshot.HealthStatus == HealthStatus.Healthy;
            },
            TestApplication.Deadline);

        await application.StartAsync();
        await watch;

        Assert.Equal(
            [("NotStarted", null), ("Starting", null), ("Running", HealthStatus.Unhealthy), ("Running", HealthStatus.Healthy)],
            seen.Distinct());
    }

    [Fact]
    public async Task running_without_checks_is_healthy()
    {
        await using var application = new TestApplication();
        application.Builder.AddProject<Projects.LocalHosting_Child>("child");

        await application.StartAsync();

        Assert.Equal(KnownResourceStates.Running, (await application.BecomesHealthyAsync("child")).Snapshot.State?.Text);
    }

    [Fact]
    public async Task a_process_that_ends_by_itself_is_finished_with_its_code_and_last_lines()
    {
        await using var application = new TestApplication();
        application.AddChild("child", "end-with", "3");

        await application.StartAsync();
        await application.ReachesAsync("child", KnownResourceStates.Finished);

        Assert.Equal(3, application.Now("child").ExitCode);
        var lines = await application.LogAsync("child");
        Assert.Contains(lines, line => line is { Content: "a line to standard output", IsErrorMessage: false });
        Assert.Contains(lines, line => line is { Content: "a line to standard error", IsErrorMessage: true });
        var file = (string)application.Now("child").Properties.Single(property => property.Name == "log.file").Value!;
        Assert.Contains("err a line to standard error", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task a_project_that_is_not_built_has_failed_to_start_and_its_log_says_why()
    {
        await using var application = new TestApplication();
        application.Builder.AddProject<NotBuilt>("child");

        await application.StartAsync();
        await application.ReachesAsync("child", KnownResourceStates.FailedToStart);

        Assert.Contains(await application.LogAsync("child"), line => line.Content.Contains("has not been built"));
    }

    [Fact]
    public async Task the_kill_of_a_process_is_seen_and_a_start_brings_it_back_on_the_same_port()
    {
        await using var application = new TestApplication();
        var endpoint = application.AddChild("child").GetEndpoint("http");
        await application.StartAsync();
        await application.BecomesHealthyAsync("child");
        var (pid, port) = (application.PidOf("child"), endpoint.Port);

        using (var process = System.Diagnostics.Process.GetProcessById(pid))
        {
            process.Kill();
        }

        await application.ReachesAsync("child", KnownResourceStates.Finished);
        Assert.Equal(137, application.Now("child").ExitCode);
        await application.App.ResourceCommands.ExecuteCommandAsync("child", KnownResourceCommands.StartCommand);
        await application.BecomesHealthyAsync("child");

        Assert.Equal(port, endpoint.Port);
        Assert.NotEqual(pid, application.PidOf("child"));
        Assert.Empty(await application.GetAsync<string[]>("child", "/arguments"));
    }

    [Fact]
    public async Task a_restart_runs_environment_callbacks_again()
    {
        await using var application = new TestApplication();
        var starts = 0;
        application.AddChild("child").WithEnvironment(context => context.EnvironmentVariables["STARTS"] = ++starts);
        await application.StartAsync();
        await application.BecomesHealthyAsync("child");

        await application.App.ResourceCommands.ExecuteCommandAsync("child", KnownResourceCommands.RestartCommand);
        await application.BecomesHealthyAsync("child");

        Assert.Equal("2", (await application.GetAsync<Dictionary<string, string>>("child", "/environment"))["STARTS"]);
    }

    [Theory]
    [InlineData("child", "dance")]
    [InlineData("nobody", "resource-start")]
    public async Task a_command_that_does_not_exist_is_refused(string resource, string command)
    {
        await using var application = new TestApplication();
        application.AddChild("child").WithExplicitStart();
        await application.StartAsync();

        var result = await application.App.ResourceCommands.ExecuteCommandAsync(resource, command);

        Assert.False(result.Success);
        Assert.Contains(resource, result.ErrorMessage);
    }

    private sealed class NotBuilt : IBuiltProject
    {
        public string ProjectPath => Path.Combine(AppContext.BaseDirectory, "NotBuilt.csproj");

        public string ProgramPath => Path.Combine(AppContext.BaseDirectory, "NotBuilt.dll");
    }
}
