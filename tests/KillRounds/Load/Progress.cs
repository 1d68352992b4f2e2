using KillRounds.Histories;

namespace KillRounds.Load;

/// <summary>Counts what clients got done, and lets somebody wait for more.</summary>
internal sealed class Progress
{
    private const int MostRecordsPerRound = 5_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Lock _lock = new();
    private readonly Dictionary<Deed, int> _done = [];
    private readonly Dictionary<Place, long> _written = [];
    private readonly Dictionary<(string Group, Place Place), long> _read = [];
    private TaskCompletionSource _changed = NewSignal();
    private int _most = MostRecordsPerRound;

    public int Of(Deed deed)
    {
        lock (_lock)
            return _done.GetValueOrDefault(deed);
    }

    public void Did(Deed deed, int times = 1) => Note(() => _done[deed] = _done.GetValueOrDefault(deed) + times);

    /// <summary>Gives writers room for the next round.</summary>
    public void BeginRound() => Note(() => _most = _done.GetValueOrDefault(Deed.Acknowledged) + MostRecordsPerRound);

    public bool HasRoom
    {
        get
        {
            lock (_lock)
                return HasRoomUnderLock;
        }
    }

    private bool HasRoomUnderLock => _done.GetValueOrDefault(Deed.Acknowledged) < _most;

    /// <summary>Where writers wait when a round takes long for other reasons, so that neither history nor disk grows with its time.</summary>
    public Task RoomAsync(CancellationToken stop) =>
        UntilAsync(() => HasRoomUnderLock, () => "no room", Timeout.InfiniteTimeSpan, stop);

    /// <summary>To be read by the groups.</summary>
    public void Written(Place place, long offset) => Note(() => _written[place] = Math.Max(_written.GetValueOrDefault(place, -1), offset));

    public void Read(string group, Place place, long offset) =>
        Note(() => _read[(group, place)] = Math.Max(_read.GetValueOrDefault((group, place), -1), offset));

    /// <summary>Until so much more than now is done of each.</summary>
    public Task MakeAsync(params (Deed Deed, int More)[] goals) => MakeAsync(CancellationToken.None, goals);

    public Task MakeAsync(CancellationToken stop, params (Deed Deed, int More)[] goals)
    {
        var due = goals.Select(g => (g.Deed, Count: Of(g.Deed) + g.More)).ToList();
        return UntilAsync(
            () => due.All(d => _done.GetValueOrDefault(d.Deed) >= d.Count),
            () => string.Join(", ", due.Select(d => $"{d.Deed} {_done.GetValueOrDefault(d.Deed)} of {d.Count}")),
            Patience,
            stop);
    }

    /// <summary>Until every group has read what was acknowledged.</summary>
    public Task CatchUpAsync(params IReadOnlyList<string> groups) => UntilAsync(
        () => _written.All(w => groups.All(g => _read.GetValueOrDefault((g, w.Key), -1) >= w.Value)),
        () => string.Join(", ", _written.Select(w => $"{w.Key}: written {w.Value}, read {string.Join(" and ", groups.Select(g => _read.GetValueOrDefault((g, w.Key), -1)))}")),
        Patience,
        CancellationToken.None);

    private async Task UntilAsync(Func<bool> holds, Func<string> state, TimeSpan most, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(most);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
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
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                lock (_lock)
                    Assert.Fail($"no progress: {state()}");
            }
        }
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
