using MassTransit.LogTransport.Receiving;

namespace MassTransit.LogTransport.Transactions;

/// <summary>What one endpoint has in hand that no transaction has committed, and when the next transaction is due. Safe for any thread; one reader.</summary>
internal sealed class UncommittedRecords(int batchSize, TimeSpan batchTime)
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Dictionary<PartitionFeed, UncommittedPartition> _partitions = [];
    private int _ready;
    private int _alone;
    private long _readySince;

    public void Add(PartitionFeed feed)
    {
        lock (_gate)
            _partitions[feed] = new UncommittedPartition(feed);
    }

    public void Remove(PartitionFeed feed)
    {
        lock (_gate)
        {
            if (_partitions.Remove(feed, out var partition))
                _ready -= partition.Ready;
        }
    }

    public UncommittedRecord Deliver(PartitionFeed feed, long offset)
    {
        lock (_gate)
        {
            // A feed that was just taken away starts nothing more; its record is nobody's.
            return _partitions.TryGetValue(feed, out var partition) ? partition.Deliver(offset) : new UncommittedRecord(offset);
        }
    }

    public void Handled(PartitionFeed feed, UncommittedRecord record)
    {
        lock (_gate)
        {
            if (!_partitions.TryGetValue(feed, out var partition))
                return;

            var before = _ready;
            _ready -= partition.Ready;
            partition.Handled(record);
            _ready += partition.Ready;

            if (before == 0 && _ready > 0)
                _readySince = TimeProvider.System.GetTimestamp();

            if (before == 0 || _ready >= batchSize || feed.IsDraining)
                SignalUnderLock();
        }
    }

    public void Hurry()
    {
        lock (_gate)
            SignalUnderLock();
    }

    /// <summary>The next so many records are taken one by one.</summary>
    public void TakeAlone(int count)
    {
        lock (_gate)
            _alone = count;
    }

    /// <summary>The batch that was taken is done with.</summary>
    public void Committed(TransactionBatch batch)
    {
        lock (_gate)
        {
            foreach (var (partition, records) in batch.Parts)
            {
                partition.Committed(records.Length);

                if (_partitions.ContainsKey(partition.Feed))
                    _ready -= records.Length;
            }

            _alone = Math.Max(0, _alone - batch.Count);
            _readySince = TimeProvider.System.GetTimestamp();
        }

        foreach (var (partition, records) in batch.Parts)
        {
            foreach (var record in records)
                partition.Feed.Finish(record.Offset);
        }
    }

    /// <summary>The one record of this batch is handled again.</summary>
    public void Reopen(TransactionBatch batch, IReadOnlyCollection<RefusedOutput> refused)
    {
        var (partition, records) = batch.Parts.Single();

        lock (_gate)
        {
            var before = partition.Ready;
            partition.Reopen(records[0], refused);

            if (_partitions.ContainsKey(partition.Feed))
                _ready -= before - partition.Ready;

            _alone = Math.Max(0, _alone - 1);
        }

        records[0].DeliverAgain();
    }

    /// <summary>Waits until a transaction is due.</summary>
    public async Task<TransactionBatch> Next(CancellationToken cancellationToken)
    {
        for (; ; )
        {
            var wait = Timeout.InfiniteTimeSpan;

            lock (_gate)
            {
                if (_ready > 0)
                {
                    wait = batchTime - TimeProvider.System.GetElapsedTime(_readySince);

                    if (_ready >= batchSize || _alone > 0 || wait <= TimeSpan.Zero || _partitions.Keys.Any(x => x.IsDraining))
                        return TakeUnderLock();
                }
            }

            await _changed.WaitAsync(wait, cancellationToken).ConfigureAwait(false);
        }
    }

    private TransactionBatch TakeUnderLock()
    {
        var ready = _partitions.Values.Where(x => x.Ready > 0);

        return new TransactionBatch(_alone > 0
            ? [.. ready.Take(1).Select(x => (x, x.Take(1)))]
            : [.. ready.Select(x => (x, x.Take(int.MaxValue)))]);
    }

    private void SignalUnderLock()
    {
        if (_changed.CurrentCount == 0)
            _changed.Release();
    }
}
