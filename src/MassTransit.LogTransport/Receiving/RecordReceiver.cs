using System.Collections.Concurrent;
using Confluent.Kafka;
using MassTransit.Internals;
using MassTransit.LogTransport.Diagnostics;
using MassTransit.LogTransport.Failures;
using MassTransit.LogTransport.Transactions;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Receiving;

/// <summary>
/// Receives the records of one endpoint: judges them, lines them up in lanes, hands them to the pipeline and lets their partitions' positions move when
/// they are done. The polling thread calls the methods named after events; everything else runs on the pool.
/// </summary>
internal sealed class RecordReceiver :
    ConsumerAgent<TopicPartitionOffset>,
    IReceiverGauges
{
    private const int MinWindow = 256;
    private static readonly TimeSpan WindowPatience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RevocationLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseLimitInOutage = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GiveUpLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(10);

    private readonly LogReceiveEndpointContext _context;
    private readonly EndpointClient _client;
    private readonly RecordPoll _poll;
    private readonly DeliveryLanes _lanes;
    private readonly ThrownRecords _thrown;
    private readonly EndpointTransactions? _transactions;
    private readonly ConcurrentDictionary<TopicPartition, PartitionFeed> _feeds = new();
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _window;
    private readonly DeliveryOrder _order;
    private volatile bool _draining;

    public RecordReceiver(LogReceiveEndpointContext context, EndpointClient client)
        : base(context)
    {
        _context = context;
        _client = client;
        _poll = new RecordPoll(context, client, this);
        _thrown = new ThrownRecords(context);
        _order = context.Settings.HasGroup ? context.Settings.DeliveryOrder : DeliveryOrder.None;
        _window = Math.Max(Math.Max(context.PrefetchCount, context.Limit), MinWindow);

        if (context.Settings.Transactions is { } transactions)
        {
            // What is handled counts until it is committed: one batch is written, the next is ready, and records come in runs of one partition.
            _window = Math.Max(_window, 4 * transactions.BatchSize);
            _transactions = new EndpointTransactions(context, client.Connection.Monitor, _poll, GiveUp);
        }

        var width = context.Settings.HasBatchConsumers ? context.Limit : context.Settings.ConcurrentDeliveryLimit ?? 1;
        _lanes = new DeliveryLanes(context.Limit, width);
    }

    /// <summary>Why reading ended, when it did not end by being stopped.</summary>
    public Exception? Failure => _poll.Failure;

    public string EndpointName => _context.Settings.Name;
    public long PausedPartitions => _feeds.Values.Count(x => x.IsPaused);
    public long RecordsInFlight => _feeds.Values.Sum(x => (long)x.Unfinished);
    public long Lag => _feeds.Values.Sum(x => _poll.Lag(x.Partition));

    /// <summary>Completes when every position is settled, so that whatever is produced from then on will be read.</summary>
    public async Task Start()
    {
        try
        {
            TrySetConsumeTask(_over.Task);

            if (_transactions != null)
                await _transactions.Start().ConfigureAwait(false);

            _poll.Start();
            await _poll.Started.ConfigureAwait(false);

            LogTransportMetrics.Add(this);
            SetReady();

            // A consumer that ends by itself ends the agent; what runs is drained as for any stop.
            _ = _poll.Ended.ContinueWith(_ => _over.TrySetResult(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        catch (Exception exception)
        {
            SetNotReady(exception);
            throw;
        }
    }

    public void Assigned(IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            // What is assigned to an endpoint that stops is left to the others: without a feed its records are passed over and nothing is stored.
            if (_draining)
                return;

            foreach (var partition in partitions)
            {
                var feed = new PartitionFeed(partition, _window, _context.Settings.MaxUncommittedRecords, _poll);

                _transactions?.Add(feed);
                _feeds[partition] = feed;
            }
        }
    }

    /// <summary>Lets what runs of these partitions finish, for a bounded time, before another member gets them.</summary>
    public void Revoked(IEnumerable<TopicPartition> partitions)
    {
        var feeds = Remove(partitions);
        var limit = _draining ? TimeSpan.Zero : _context.ConsumerStopTimeout < RevocationLimit ? _context.ConsumerStopTimeout.Value : RevocationLimit;
        var drained = Task.WhenAll(feeds.Select(x => x.Drain()));

        _transactions?.Hurry();

#pragma warning disable RS0030 // The client asks for the partitions back in a synchronous call; once it returns they are another's.
        if (!drained.Wait(limit))
#pragma warning restore RS0030
        {
            LogContext.Warning?.Log("{Endpoint}: revoked partitions were not finished within {Limit}; what still runs will be seen again by their next owner", EndpointName, limit);

            foreach (var feed in feeds)
                feed.Abandon();
        }

        foreach (var feed in feeds)
            Close(feed);
    }

    /// <summary>The partitions are another's already: nothing is stored and what runs is cancelled.</summary>
    public void Lost(IEnumerable<TopicPartition> partitions)
    {
        foreach (var feed in Remove(partitions))
        {
            Close(feed);
            feed.Abandon();
        }
    }

    public void Received(ConsumeResult<byte[]?, byte[]?> record)
    {
        if (!_feeds.TryGetValue(record.TopicPartition, out var feed) || !feed.TryDeliver(record.Offset))
            return;

        var verdict = _context.Subscriptions.Judge(record);
        var delivery = new Delivery(feed, record, verdict.Types, _transactions?.Deliver(feed, record.Offset));

        if (verdict.Dropped is { } reason)
        {
            Done(delivery);
            LogTransportMetrics.RecordDropped(EndpointName, record.Topic, reason.ToString());
            return;
        }

        if (delivery.Uncommitted is { } uncommitted)
            uncommitted.DeliverAgain = () => Post(delivery);

        Post(delivery);
        feed.PauseWhenFull(WindowPatience);
    }

    /// <summary>Partitions keep an order of deliveries of their own.</summary>
    protected override bool IsTrackable(TopicPartitionOffset key) => false;

    protected override async Task ActiveAndActualAgentsCompleted(StopContext context)
    {
        // Without its consumer an endpoint can commit nothing.
        if (_transactions != null && _poll.Ended.IsCompleted)
            Lost([.. _feeds.Keys]);

        await Drain(context.CancellationToken).ConfigureAwait(false);

        if (_transactions != null)
            await _transactions.DisposeAsync().ConfigureAwait(false);

        _poll.End();

        var limit = _client.Connection.Monitor.Outage == null ? CloseLimit : CloseLimitInOutage;

        try
        {
            await _poll.Ended.WaitAsync(limit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Closing waits for the group's coordinator, which may be gone for good.
            LogContext.Warning?.Log("{Endpoint}: the consumer did not close within {Limit} and was abandoned", EndpointName, limit);
        }

        LogTransportMetrics.Remove(this);
        _over.TrySetResult();

        await base.ActiveAndActualAgentsCompleted(context).ConfigureAwait(false);
    }

    private async Task Drain(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        if (_context.ConsumerStopTimeout is { } timeout)
            limit.CancelAfter(timeout);

        Task drained;
        lock (_gate)
        {
            _draining = true;
            drained = Task.WhenAll(_feeds.Values.Select(x => x.Drain()));
        }

        _transactions?.Stopping();

        try
        {
            await drained.OrCanceled(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            LogContext.Warning?.Log("{Endpoint}: stopping before every record in hand was finished; those are seen again", EndpointName);

            foreach (var feed in _feeds.Values)
                feed.Abandon();

            await Task.WhenAny(drained, Task.Delay(GiveUpLimit, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    private void Post(Delivery delivery) => _lanes.Post(LaneOf(delivery.Record), () => Handle(delivery));

    private async Task Handle(Delivery delivery)
    {
        if (!delivery.Feed.TryStart(delivery.Record.Offset))
            return;

        if (await DeliverUntilSettled(delivery).ConfigureAwait(false))
        {
            Done(delivery);
            LogTransportMetrics.RecordConsumed(EndpointName, delivery.Record.Topic);
        }
    }

    private void Done(Delivery delivery)
    {
        if (delivery.Uncommitted is { } uncommitted)
            _transactions!.Handled(delivery.Feed, uncommitted);
        else
            delivery.Feed.Finish(delivery.Record.Offset);
    }

    /// <summary>No transaction can be written: whoever gets the partitions next handles what was not committed.</summary>
    private void GiveUp(Exception exception)
    {
        lock (_gate)
            _draining = true;

        Lost([.. _feeds.Keys]);
        _poll.Fail(exception);
    }

    private void Close(PartitionFeed feed)
    {
        feed.Close();
        _transactions?.Remove(feed);
    }

    /// <summary>True when the record was handled, moved to the error topic or skipped; false when it was left undone as its partition was given back or up.</summary>
    private async Task<bool> DeliverUntilSettled(Delivery delivery)
    {
        var feed = delivery.Feed;
        var backOff = FirstBackOff;

        for (var attempt = 1; ; attempt++)
        {
            var settlement = new RecordSettlement(delivery.Record.TopicPartitionOffset, feed.Abandoned);

            await Deliver(delivery, settlement, redelivered: attempt > 1 || delivery.Uncommitted is { WasRefused: true }).ConfigureAwait(false);

            if (settlement.IsComplete)
            {
                if (attempt > 1)
                    await _context.NowWell().ConfigureAwait(false);

                return true;
            }

            if (feed.Abandoned.IsCancellationRequested)
                return false;

            // Not even the error topic took it. To go on would lose it, so its lane waits, and the endpoint says that it is not well.
            var fault = settlement.Fault ?? new TransportException(_context.InputAddress, "A record could not be settled.");

            LogTransportMetrics.RecordRedispatched(EndpointName);
            LogContext.Error?.Log(fault, "{Endpoint}: {Record} could not be settled and is tried again in {BackOff}", EndpointName, delivery.Record.TopicPartitionOffset, backOff);
            await _context.Unwell(fault).ConfigureAwait(false);

            await Task.Delay(backOff, feed.Ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            if (feed.Ending.IsCancellationRequested)
            {
                feed.GiveUp(delivery.Record.Offset);
                return false;
            }

            delivery.Uncommitted?.ForgetRefusals();
            backOff = backOff * 2 < LongestBackOff ? backOff * 2 : LongestBackOff;
        }
    }

    private async Task Deliver(Delivery delivery, RecordSettlement settlement, bool redelivered)
    {
        using var context = new LogReceiveContext(delivery.Record, delivery.Types, redelivered, _context, settlement, delivery.Uncommitted?.Begin());
        await using var cancellation = delivery.Feed.Abandoned.Register(x => ((LogReceiveContext)x!).Cancel(), context).ConfigureAwait(false);

        try
        {
            await Dispatch(delivery.Record.TopicPartitionOffset, context, settlement).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            context.LogTransportFaulted(exception);

            if (!delivery.Feed.Abandoned.IsCancellationRequested)
                await _thrown.Move(context, exception, settlement).ConfigureAwait(false);
        }
    }

    private LaneKey? LaneOf(ConsumeResult<byte[]?, byte[]?> record)
    {
        return _order switch
        {
            DeliveryOrder.Partition => new LaneKey(record.Topic, record.Partition, null),
            DeliveryOrder.Key when record.Message.Key is { } key => new LaneKey(record.Topic, record.Partition, Clients.RecordText.FromBytes(key)),
            _ => null,
        };
    }

    private List<PartitionFeed> Remove(IEnumerable<TopicPartition> partitions)
    {
        var feeds = new List<PartitionFeed>();

        foreach (var partition in partitions)
        {
            if (_feeds.TryRemove(partition, out var feed))
                feeds.Add(feed);
        }

        return feeds;
    }

    private sealed record Delivery(PartitionFeed Feed, ConsumeResult<byte[]?, byte[]?> Record, string? Types, UncommittedRecord? Uncommitted);
}
