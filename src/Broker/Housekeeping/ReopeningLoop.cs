using Broker.Diagnostics;
using Broker.Groups;
using Broker.Storage;
using Broker.Topics;
using Broker.Transactions;
using Microsoft.Extensions.Logging;

namespace Broker.Housekeeping;

/// <summary>
/// Every few seconds: takes again the room kept back on the disk, and opens the partitions that could not be opened for want of room or of files.
/// One that holds groups or transactions is read before they are served. Costs a look at each partition when there is nothing to do.
/// </summary>
internal sealed class ReopeningLoop(
    DataDirectory directory, TopicCatalog topics, GroupCoordinator groups, TransactionCoordinator transactions, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly PeriodicTimer _timer = new(Interval, time);
    private readonly LoopFaults _faults = new("reopening", logger);
    private Task _running = Task.CompletedTask;

    public void Start() => _running = RunAsync();

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false))
        {
            try
            {
                directory.KeepReserve();
                foreach (var partition in await topics.ReopenAsync(transactions.Suspect).ConfigureAwait(false))
                    Load(partition);
            }
            catch (Exception e)
            {
                _faults.Note(e);
            }
        }
    }

    private void Load(Partition partition)
    {
        if (partition.Topic == TopicName.ConsumerOffsets)
            groups.Load(partition.Index);
        else if (partition.Topic == TopicName.TransactionState)
            transactions.Table.TryLoad(partition.Index);
    }
}
