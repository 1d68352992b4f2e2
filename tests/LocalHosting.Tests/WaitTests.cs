using Aspire.Hosting.Testing;

namespace LocalHosting.Tests;

public sealed class WaitTests
{
    [Fact]
    public async Task a_resource_cannot_wait_for_itself()
    {
        await using var application = new TestApplication();
        var child = application.AddChild("child");

        Assert.Throws<DistributedApplicationException>(() => child.WaitFor(child));
    }

    [Fact]
    public async Task a_circle_of_waits_is_refused_when_the_application_is_built()
    {
        await using var application = new TestApplication();
        var a = application.AddChild("a");
        var b = application.AddChild("b").WaitFor(a);
        var c = application.AddChild("c").WaitForStart(b);
        a.WaitFor(c);

        var error = Assert.Throws<DistributedApplicationException>(() => application.App);

        Assert.Contains("'a' waits for 'c' waits for 'b' waits for 'a'", error.Message);
    }

    [Fact]
    public async Task two_ways_to_the_same_dependency_are_no_circle()
    {
        await using var application = new TestApplication();
        var a = application.AddChild("a");
        var b = application.AddChild("b").WaitFor(a);
        application.AddChild("c").WaitFor(a).WaitFor(b);

        Assert.NotNull(application.App);
    }

    [Fact]
    public async Task the_dependant_is_waiting_until_the_dependency_is_healthy()
    {
        await using var application = new TestApplication();
        var server = application.AddChild("server", "unhealthy");
        application.AddChild("client").WaitFor(server);
        application.AddChild("early").WaitForStart(server);

        var start = application.StartAsync();
        await application.BecomesHealthyAsync("early");
        Assert.Equal(KnownResourceStates.Waiting, application.Now("client").State?.Text);
        Assert.False(start.IsCompleted);

        await application.PostAsync("server", "/recover");
        await start;
        await application.BecomesHealthyAsync("client");
    }

    [Fact]
    public async Task waiting_for_completion_ends_with_the_expected_exit_code()
    {
        await using var application = new TestApplication();
        var migration = application.AddChild("migration", "end-with", "3");
        application.AddChild("service").WaitForCompletion(migration, exitCode: 3);

        await application.StartAsync();

        await application.BecomesHealthyAsync("service");
        Assert.Equal(3, application.Now("migration").ExitCode);
    }

    [Fact]
    public async Task waiting_for_completion_fails_with_another_exit_code()
    {
        await using var application = new TestApplication();
        var migration = application.AddChild("migration", "end-with", "3");
        application.AddChild("service").WaitForCompletion(migration);

        await application.StartAsync();

        await application.ReachesAsync("service", KnownResourceStates.FailedToStart);
        Assert.Contains(await application.LogAsync("service"), line => line.Content.Contains("'migration' ended with code 3"));
    }

    [Fact]
    public async Task without_dashboard_the_dependant_of_a_failed_dependency_fails()
    {
        await using var application = new TestApplication();
        var server = application.AddChild("server", "end-with", "1");
        application.AddChild("client").WaitFor(server);

        await application.StartAsync();

        await application.ReachesAsync("client", KnownResourceStates.FailedToStart);
        await Assert.ThrowsAsync<DistributedApplicationException>(() => application.BecomesHealthyAsync("client"));
    }

    [Fact]
    public async Task with_dashboard_the_dependant_of_a_failed_dependency_stays_waiting()
    {
        await using var application = new TestApplication(dashboard: true);
        var server = application.AddChild("server", "end-with", "1");
        application.AddChild("client").WaitFor(server);

        var start = application.StartAsync();
        await application.ReachesAsync("server", KnownResourceStates.Finished);

        Assert.Equal(KnownResourceStates.Waiting, application.Now("client").State?.Text);
        Assert.False(start.IsCompleted);
        await application.App.ResourceCommands.ExecuteCommandAsync("client", KnownResourceCommands.StartCommand);
        await start;
    }

    [Fact]
    public async Task a_start_command_ends_the_wait()
    {
        await using var application = new TestApplication();
        var never = application.AddChild("never").WithExplicitStart();
        application.AddChild("client").WaitFor(never);
        var start = application.StartAsync();
        await application.ReachesAsync("client", KnownResourceStates.Waiting);

        await application.App.ResourceCommands.ExecuteCommandAsync("client", KnownResourceCommands.StartCommand);

        await start;
        await application.BecomesHealthyAsync("client");
        Assert.Equal(KnownResourceStates.NotStarted, application.Now("never").State?.Text);
    }

    [Fact]
    public async Task a_connection_string_runs_as_soon_as_its_source_has_started()
    {
        await using var application = new TestApplication();
        var broker = application.AddChild("broker", "unhealthy").WithExplicitStart();
        var bus = application.Builder.AddConnectionString("bus", ReferenceExpression.Create($"{broker.GetEndpoint("http").Property(EndpointProperty.HostAndPort)}"));
        application.AddChild("client").WithReference(bus);
        var start = application.StartAsync();
        await application.ReachesAsync("bus", KnownResourceStates.Waiting);

        await application.App.ResourceCommands.ExecuteCommandAsync("broker", KnownResourceCommands.StartCommand);

        await start;
        await application.ReachesAsync("bus", KnownResourceStates.Running);
        Assert.Equal($"localhost:{broker.GetEndpoint("http").Port}", await application.App.GetConnectionStringAsync("bus"));
    }
}
