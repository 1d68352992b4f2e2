using Broker.Configuration;
using Broker.Diagnostics;
using Broker.Storage;
using Broker.Storage.Compaction;
using Broker.Topics;
using Microsoft.Extensions.Logging;

namespace Broker.Housekeeping;

/// <summary>
/// Compacts logs, the dirtiest first, one at a time, until none is due; then looks again after a pause. A partition with damaged records is not
/// compacted any more while the broker runs, so that the damage can be looked at; one where the disk failed is tried again after the pause.
/// </summary>
internal sealed class CompactionLoop(TopicCatalog topics, DynamicBrokerConfig config, TimeProvider time, BrokerMetrics metrics, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly HashSet<Partition> _uncleanable = [];
    private readonly LoopFaults _faults = new("compaction", logger);
    private Task _running = Task.CompletedTask;

    public void Start()
    {
        if (config.Given.LogCleanerEnable)
            _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(config.Current.LogCleanerBackoffMs), time, _end.Token).ConfigureAwait(false);
                // Reads and writes whole segments: not on one of the pool's few threads.
                if (topics.All.Any(static t => t.Config.IsCompacted))
                    await Task.Factory.StartNew(Round, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
        }
    }

    private void Round()
    {
        var failed = new HashSet<Partition>();
        while (!_end.IsCancellationRequested && Dirtiest(failed) is { } dirtiest)
        {
            if (!TryCompact(dirtiest))
                failed.Add(dirtiest);
        }
    }

    private Partition? Dirtiest(HashSet<Partition> failed)
    {
        var (dirtiest, highest, highestOfAll) = ((Partition?)null, -1.0, 0.0);
        foreach (var partition in topics.All.Where(static t => t.Config.IsCompacted).SelectMany(static t => t.Partitions))
        {
            if (_uncleanable.Contains(partition) || failed.Contains(partition) || Describe(partition) is not { } status)
                continue;
            highestOfAll = Math.Max(highestOfAll, status.DirtyRatio);
            if (status.IsDue && status.DirtyRatio > highest)
                (dirtiest, highest) = (partition, status.DirtyRatio);
        }

        metrics.Cleaner.Dirtiest(highestOfAll);
        return dirtiest;
    }

    private CompactionStatus? Describe(Partition partition)
    {
        try
        {
            return partition.Log is { IsReadOnly: false } log ? log.DescribeCompaction() : null;
        }
        catch (ObjectDisposedException)
        {
            return null; // deleted meanwhile
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.CompactionFailed(e, partition.ToString());
            return null;
        }
        catch (Exception e)
        {
            _faults.Note(e);
            return null;
        }
    }

    /// <returns>False when there is no point in trying again at once.</returns>
    private bool TryCompact(Partition partition)
    {
        try
        {
            if (partition.Log is not { } log)
                return false;
            var began = time.GetTimestamp();
            var options = config.Current;
            var result = log.Compact(new CompactionBuffer(options.LogCleanerDedupeBufferSize, options.LogCleanerIoBufferLoadFactor), _end.Token);
            var elapsed = time.GetElapsedTime(began);
            metrics.Cleaner.Compacted(result, elapsed);
            logger.Compacted(
                partition.ToString(), result.FirstDirtyOffset, result.RecordsRead, result.RecordsWritten, result.BytesRead, result.BytesWritten, (long)elapsed.TotalMilliseconds);
            return result.SegmentsBefore > 0;
        }
        catch (CorruptLogException e)
        {
            _uncleanable.Add(partition);
            metrics.Cleaner.Uncleanable(_uncleanable.Count);
            logger.Uncleanable(e, partition.ToString());
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
        {
            // Deleted, or the broker stops: what was finished stays, the rest is for the next time.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OverflowException)
        {
            logger.CompactionFailed(e, partition.ToString());
        }
        catch (Exception e)
        {
            _faults.Note(e);
        }

        return false;
    }
}
