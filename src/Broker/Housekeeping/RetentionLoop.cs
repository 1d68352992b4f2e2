using Broker.Diagnostics;
using Broker.Topics;
using Microsoft.Extensions.Logging;

namespace Broker.Housekeeping;

/// <summary>
/// Looks at every partition at a fixed interval and lets it delete what its topic's retention gives up. A partition where that
/// fails is tried again in the next round.
/// </summary>
internal sealed class RetentionLoop(TopicCatalog topics, TimeSpan interval, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly LoopFaults _faults = new("retention", logger);
    private Task _running = Task.CompletedTask;

    public void Start() => _running = RunAsync(new PeriodicTimer(interval, time));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task RunAsync(PeriodicTimer timer)
    {
        using (timer)
        {
            try
            {
                while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false))
                    Round();
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
            }
        }
    }

    private void Round()
    {
        foreach (var partition in topics.All.SelectMany(t => t.Partitions))
        {
            if (_end.IsCancellationRequested)
                return;

            try
            {
                // Says itself what it has deleted.
                partition.Log?.ApplyRetention();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                logger.RetentionFailed(e, partition.ToString());
            }
            catch (Exception e)
            {
                _faults.Note(e);
            }
        }
    }
}
