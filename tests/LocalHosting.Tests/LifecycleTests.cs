using Aspire.Hosting.Observing;
using Aspire.Hosting.Starting;

namespace LocalHosting.Tests;

public sealed class LifecycleTests
{
    [Theory]
    [InlineData("Finished")]
    [InlineData("Exited")]
    [InlineData("FailedToStart")]
    [InlineData("NotStarted")]
    public async Task a_start_by_whoever_just_heard_of_the_end_is_a_start(string end)
    {
        await using var application = new TestApplication();
        var notifications = new ResourceNotificationService(failFast: true);
        using var logs = new ResourceLoggerService(new LogDirectory(application.Builder), TimeProvider.System);
        var lifecycle = new Performance(notifications, logs, end);
        await lifecycle.StartAsync();
        await notifications.WaitForResourceAsync("actor", end, TestContext.Current.CancellationToken);

        var starting = lifecycle.StartAsync();
        Assert.False(starting.IsCompleted);
        lifecycle.CurtainFalls.SetResult();
        await starting;
        await notifications.WaitForResourceAsync("actor", e => lifecycle.Starts == 2, TestContext.Current.CancellationToken);
    }

    /// <summary>Tells its end, and is over only when the curtain has fallen.</summary>
    private sealed class Performance(ResourceNotificationService notifications, ResourceLoggerService logs, string end)
        : ResourceLifecycle(new ProjectResource("actor"), notifications, logs, new DependencyWait(notifications, new DistributedApplicationOptions()))
    {
        public TaskCompletionSource CurtainFalls { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Starts { get; private set; }

        protected override async Task ExecuteAsync(CancellationToken stopping)
        {
            Starts++;
            Publish(end);
            await CurtainFalls.Task;
        }
    }
}
