using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>Counts what clients got done, and lets somebody wait for more.</summary>
internal sealed class Progress
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Lock _lock = new();
    private readonly Dictionary<Place, long> _written = [];
    private readonly Dictionary<Place, long> _read = [];
    private TaskCompletionSource _changed = NewSignal();
    private int _acknowledged;
    private int _hops;

    public int Acknowledged => Volatile.Read(ref _acknowledged);

    public int Hops => Volatile.Read(ref _hops);

    /// <summary>To be read by the group.</summary>
    public void Written(Place place, long offset) => Note(() => Raise(_written, place, offset));

    /// <summary>By the group.</summary>
    public void Read(Place place, long offset) => Note(() => Raise(_read, place, offset));

    /// <summary>A token went on by a transaction that committed.</summary>
    public void Hopped() => Note(() => _hops++);

    /// <summary>Until so much more than now is done.</summary>
    public Task MakeAsync(int moreAcknowledged, int moreHops)
    {
        var (acknowledged, hops) = (Acknowledged + moreAcknowledged, Hops + moreHops);
        return UntilAsync(
            () => _acknowledged >= acknowledged && _hops >= hops,
            () => $"{_acknowledged} of {acknowledged} records acknowledged, {_hops} of {hops} hops made");
    }

    /// <summary>Until the group has read what was acknowledged.</summary>
    public Task CatchUpAsync() => UntilAsync(
        () => _written.All(w => _read.GetValueOrDefault(w.Key, -1) >= w.Value),
        () => string.Join(", ", _written.Select(w => $"{w.Key}: written {w.Value}, read {_read.GetValueOrDefault(w.Key, -1)}")));

    private async Task UntilAsync(Func<bool> holds, Func<string> state)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (holds())
                    return;
                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"no progress: {state()}");
            }
        }
    }

    private void Raise(Dictionary<Place, long> offsets, Place place, long offset)
    {
        offsets[place] = Math.Max(offsets.GetValueOrDefault(place, -1), offset);
        if (ReferenceEquals(offsets, _written))
            _acknowledged++;
    }

    private void Note(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
