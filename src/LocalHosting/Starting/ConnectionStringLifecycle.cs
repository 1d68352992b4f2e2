using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Starting;

/// <summary>A connection string is Running from the moment it can be told until the application ends.</summary>
internal sealed class ConnectionStringLifecycle(
    ConnectionStringResource resource, ResourceNotificationService notifications, ResourceLoggerService logs, DependencyWait dependencies)
    : ResourceLifecycle(resource, notifications, logs, dependencies)
{
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        var value = await resource.ConnectionStringExpression.GetValueAsync(stopping);
        Publish(snapshot => (snapshot with { State = KnownResourceStates.Running }).With("resource.connectionString", value));
        await Task.Delay(Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Publish(KnownResourceStates.Exited);
    }
}
