namespace Broker.Testing;

/// <summary>A rule of a <see cref="RequestControl"/>. Disposing takes it away. Safe for use by any thread.</summary>
public sealed class RequestRule : IDisposable
{
    private readonly Lock _lock = new();
    private readonly RequestControl _control;
    private readonly RequestMatch _match;
    private readonly List<(int Hits, TaskCompletionSource Reached)> _waits = [];
    private int _hits;

    internal RequestRule(RequestControl control, RequestMatch match) => (_control, _match) = (control, match);

    /// <summary>How many requests have matched.</summary>
    public int Hits => Volatile.Read(ref _hits);

    internal Action<ControlledRequest>? Watch { get; init; }

    internal Func<TimeProvider, CancellationToken, Task>? Hold { get; init; }

    internal RequestDecision? Decision { get; init; }

    /// <summary>Completes when so many requests have matched; a held or answered one counts when it comes, not when it leaves.</summary>
    /// <param name="hits">How many, 1 or more.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task WaitAsync(int hits = 1, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hits, 1);
        lock (_lock)
        {
            if (_hits >= hits)
                return Task.CompletedTask;

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((hits, reached));
            return reached.Task.WaitAsync(ct);
        }
    }

    /// <summary>No further request matches. Those that are held up go on when they would have.</summary>
    public void Dispose() => _control.Remove(this);

    internal bool TryMatch(ControlledRequest request)
    {
        if ((_match.Api is { } api && api != request.ApiKey) || _match.Condition?.Invoke(request) == false)
            return false;

        lock (_lock)
        {
            if (_hits >= _match.Remaining)
                return false;

            _hits++;
            foreach (var (hits, reached) in _waits)
            {
                if (hits <= _hits)
                    reached.TrySetResult();
            }
        }

        if (_hits >= _match.Remaining)
            _control.Remove(this);
        return true;
    }
}
