using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Starting;

/// <summary>
/// Starts and stops one resource and publishes its states. Calls may come from any thread; they take effect one after the other. A start
/// that fails leaves the resource FailedToStart, with the reason in its log.
/// </summary>
internal abstract class ResourceLifecycle(
    IResource resource, ResourceNotificationService notifications, ResourceLoggerService logs, DependencyWait dependencies)
{
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private Session? _session;

    public IResource Resource => resource;

    /// <summary>Completes when the present start no longer waits for other resources, whatever came of it.</summary>
    public Task LeftWait => _session?.LeftWait.Task ?? Task.CompletedTask;

    protected ResourceLog Log => logs.Of(resource.Name);

    private bool HasEnded => notifications.TryGetCurrentState(resource.Name, out var now)
        && (now.Snapshot.IsTerminal || now.Snapshot.State?.Text == KnownResourceStates.NotStarted);

    private bool MustWait => WaitGraph.DependenciesOf(resource).Any();

    /// <summary>Starts the resource if it is not started. If it waits for others, it no longer does.</summary>
    public async Task StartAsync()
    {
        await _oneAtATime.WaitAsync();
        try
        {
            if (HasEnded && _session is { } ended)
            {
                // Its end is told a moment before it is over.
                await ended.Run;
            }

            if (_session is { Run.IsCompleted: false } session)
            {
                await session.SkipWait.CancelAsync();
            }
            else
            {
                // Before the caller goes on: who then waits for the resource must not find its last end.
                var state = MustWait ? KnownResourceStates.Waiting : KnownResourceStates.Starting;
                Publish(snapshot => snapshot with { State = state, ExitCode = null });
                _session = new Session();
                _session.Run = RunAsync(_session);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Stops the resource if it is started, and returns when it has ended.</summary>
    public async Task StopAsync()
    {
        await _oneAtATime.WaitAsync();
        try
        {
            if (_session is { } session)
            {
                await session.Stop.CancelAsync();
                await session.Run;
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Lasts as long as the resource runs. Cancellation asks it to end; what it then publishes is its last state.</summary>
    protected abstract Task ExecuteAsync(CancellationToken stopping);

    protected void Publish(string state) => Publish(snapshot => snapshot with { State = state });

    protected void Publish(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => notifications.Publish(resource, change);

    private async Task RunAsync(Session session)
    {
        // The start of a process takes a while; whoever asked for it goes on at once.
        await Task.Yield();
        try
        {
            await WaitForDependenciesAsync(session);
            session.LeftWait.TrySetResult();
            await ExecuteAsync(session.Stop.Token);
        }
        catch (OperationCanceledException) when (session.Stop.IsCancellationRequested)
        {
            Publish(KnownResourceStates.NotStarted);
        }
        catch (Exception e)
        {
            // The resource alone fails, not the app host: its state says so, and its log says why.
            Log.Add(e is DistributedApplicationException ? e.Message : e.ToString(), isError: true);
            Publish(KnownResourceStates.FailedToStart);
        }
        finally
        {
            session.LeftWait.TrySetResult();
        }
    }

    private async Task WaitForDependenciesAsync(Session session)
    {
        if (!MustWait)
        {
            return;
        }

        using var stopOrSkip = CancellationTokenSource.CreateLinkedTokenSource(session.Stop.Token, session.SkipWait.Token);
        try
        {
            await dependencies.WaitAsync(resource, stopOrSkip.Token);
        }
        catch (OperationCanceledException) when (session.SkipWait.IsCancellationRequested && !session.Stop.IsCancellationRequested)
        {
            // Somebody wants it started now, ready or not.
        }
    }

    private sealed class Session
    {
        public CancellationTokenSource Stop { get; } = new();

        public CancellationTokenSource SkipWait { get; } = new();

        public TaskCompletionSource LeftWait { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Run { get; set; } = Task.CompletedTask;
    }
}
