namespace MassTransit.LogTransport.Receiving;

/// <summary>
/// Runs work under one limit for all, and in order within a lane: work of a lane starts in the order it came, at most <c>width</c> of it at once. A lane exists while
/// it has work. Work without a lane waits for the limit only. Safe for any thread.
/// </summary>
internal sealed class DeliveryLanes(int limit, int width)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LaneKey, Lane> _lanes = [];
    private readonly Queue<Work> _ready = new();
    private int _running;

    public void Post(LaneKey? lane, Func<Task> run)
    {
        lock (_gate)
        {
            var work = new Work(this, run, lane is { } key ? GetOrAddUnderLock(key) : null);

            if (work.Lane is { } own && own.Running == width)
                own.Waiting.Enqueue(work);
            else
                MakeReadyUnderLock(work);

            StartUnderLock();
        }
    }

    private Lane GetOrAddUnderLock(LaneKey key)
    {
        if (!_lanes.TryGetValue(key, out var lane))
            _lanes.Add(key, lane = new Lane(key));

        return lane;
    }

    private void MakeReadyUnderLock(Work work)
    {
        if (work.Lane is { } lane)
            lane.Running++;

        _ready.Enqueue(work);
    }

    private void StartUnderLock()
    {
        while (_running < limit && _ready.TryDequeue(out var work))
        {
            _running++;

            // Without the context of whoever posts it, or of the work before it.
            ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
        }
    }

    private void Finished(Work work)
    {
        lock (_gate)
        {
            _running--;

            if (work.Lane is { } lane)
            {
                lane.Running--;

                if (lane.Waiting.TryDequeue(out var next))
                    MakeReadyUnderLock(next);
                else if (lane.Running == 0)
                    _lanes.Remove(lane.Key);
            }

            StartUnderLock();
        }
    }

    private sealed class Lane(LaneKey key)
    {
        public LaneKey Key { get; } = key;
        public Queue<Work> Waiting { get; } = new();
        public int Running { get; set; }
    }

    private sealed class Work(DeliveryLanes lanes, Func<Task> run, Lane? lane) :
        IThreadPoolWorkItem
    {
        public Lane? Lane { get; } = lane;

        public void Execute()
        {
            _ = Run();
        }

        // The work reports its own failures; whoever posts it counts it until it is over.
        private async Task Run()
        {
            try
            {
                await run().ConfigureAwait(false);
            }
            finally
            {
                lanes.Finished(this);
            }
        }
    }
}

/// <summary>What the records of one lane have in common: the partition, and the key unless the whole partition is one lane.</summary>
internal readonly record struct LaneKey(string Topic, int Partition, string? Key);
