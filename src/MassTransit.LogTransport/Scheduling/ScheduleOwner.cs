using System.Collections.Concurrent;
using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Diagnostics;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>
/// This process as one of the owners of the schedule: a member of the group that shares its partitions, from joining until it is stopped or its consumer fails. The polling
/// thread calls the methods named after events.
/// </summary>
internal sealed class ScheduleOwner :
    IScheduleGauges
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopLimitInOutage = TimeSpan.FromSeconds(1);
    private readonly BrokerMonitor _monitor;
    private readonly ScheduleReader _reader;
    private readonly RecordLookup _lookup;
    private readonly IDueDelivery _delivery;
    private readonly ScheduleServices _services;
    private readonly ConcurrentDictionary<TopicPartition, SchedulePartition> _partitions = new();
    private readonly List<Task> _lost = [];
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isEnding;

    public ScheduleOwner(LogHostConfiguration hostConfiguration, BrokerMonitor monitor, TopicDeployer topics, RecordProducer producer, Func<TopicPartition, Task<long>> end)
    {
        var settings = hostConfiguration.Settings;

        _monitor = monitor;
        _reader = new ScheduleReader(hostConfiguration, monitor, this);
        _lookup = new RecordLookup(hostConfiguration);
        _delivery = settings.Scheduler.UseTransactions
            ? new TransactionalDelivery(hostConfiguration, topics, () => _reader.Membership)
            : new SingleDelivery(producer);
        _services = new ScheduleServices(settings.Time, new MemoryBudget(settings.Scheduler.MaxBufferedBytes), end, _lookup, producer, hostConfiguration.LogContext);

        Topic = settings.ScheduleTopic;
    }

    /// <summary>Completes when the group has told this process its share, be it none.</summary>
    public Task Joined => _joined.Task;

    public string Topic { get; }
    public long OwnedPartitions => _partitions.Count;
    public long PendingMessages => _partitions.Values.Sum(x => (long)x.Messages.Count);
    public long BufferedBytes => _services.Budget.Used;

    /// <summary>Owns its share until stopped. Fails when the consumer failed for good.</summary>
    public async Task Run(CancellationToken stopping)
    {
        LogTransportMetrics.Add(this);
        _reader.Start();

        try
        {
            await Task.WhenAny(_reader.Ended, Task.Delay(Timeout.Infinite, stopping)).ConfigureAwait(false);
        }
        finally
        {
            await Stop().ConfigureAwait(false);
            LogTransportMetrics.Remove(this);
        }

        if (_reader.Ended.IsFaulted)
            await _reader.Ended.ConfigureAwait(false);
    }

    public void Assigned(IEnumerable<TopicPartition> partitions)
    {
        if (_isEnding)
            return;

        _joined.TrySetResult();

        foreach (var partition in partitions)
        {
            var owned = new SchedulePartition(partition, _services, _delivery);
            _partitions[partition] = owned;
            owned.Start();
        }
    }

    /// <summary>Lets what is being delivered finish, for a bounded time, before another owner gets the partitions.</summary>
    public void Revoked(IEnumerable<TopicPartition> partitions)
    {
        var given = Remove(partitions);
        var stopped = Task.WhenAll(given.Select(x => x.Stop()));

#pragma warning disable RS0030 // The client asks for the partitions back in a synchronous call; once it returns they are another's.
        if (!stopped.Wait(_isEnding ? TimeSpan.Zero : StopLimit))
#pragma warning restore RS0030
            LogContext.Warning?.Log("The schedule's {Partitions} were taken away while messages were being delivered; the next owner may deliver those again", string.Join(", ", given.Select(x => x.Partition)));

        given.ForEach(x => x.Messages.Close());
    }

    /// <summary>The partitions are another's already: what is still being delivered may be delivered twice.</summary>
    public void Lost(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in Remove(partitions))
        {
            LogContext.Warning?.Log("The schedule's {Partition} was lost to another process", partition.Partition);
            _lost.Add(partition.Stop());
            partition.Messages.Close();
        }
    }

    public void Received(ConsumeResult<byte[]?, byte[]?> record)
    {
        if (_partitions.TryGetValue(record.TopicPartition, out var partition))
            partition.Messages.Received(record);
    }

    /// <summary>All below this offset was received.</summary>
    public void ReachedEnd(TopicPartition partition, long offset)
    {
        if (_partitions.TryGetValue(partition, out var owned))
            owned.Messages.ReachedEnd(offset);
    }

    private async Task Stop()
    {
        _isEnding = true;

        var limit = _monitor.Outage == null ? StopLimit : StopLimitInOutage;
        var partitions = _partitions.Values.ToArray();

        await Within(limit, "deliver what it had begun", Task.WhenAll(partitions.Select(x => x.Stop()))).ConfigureAwait(false);

        _reader.End();
        await Within(limit, "leave its group", _reader.Ended).ConfigureAwait(false);
        await Within(limit, "close its clients", Task.WhenAll([.. _lost, _delivery.DisposeAsync().AsTask(), _lookup.DisposeAsync().AsTask()])).ConfigureAwait(false);

        foreach (var partition in partitions)
            partition.Messages.Close();
    }

    private static async Task Within(TimeSpan limit, string what, Task task)
    {
        // How the reader failed is told by whoever runs the owner.
        if (await Task.WhenAny(task, Task.Delay(limit)).ConfigureAwait(false) != task)
            LogContext.Warning?.Log("The scheduler did not {What} within {Limit} and was abandoned", what, limit);
    }

    private List<SchedulePartition> Remove(IEnumerable<TopicPartition> partitions)
    {
        var removed = new List<SchedulePartition>();

        foreach (var partition in partitions)
        {
            if (_partitions.TryRemove(partition, out var owned))
                removed.Add(owned);
        }

        return removed;
    }
}
