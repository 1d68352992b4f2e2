using Broker.Protocol;

namespace Broker.Testing;

/// <summary>
/// What a test does to the requests of a broker's clients: watch them, hold them up, answer in the broker's place, lose the answer
/// or the connection. Rules are looked at in the order in which they were made: all that watch or hold up a request do so, the first
/// that answers, drops or closes decides. A request that no rule decides is handled as ever. Safe for use by any thread.
/// </summary>
public sealed class RequestControl
{
    private readonly Lock _lock = new();
    private volatile RequestRule[] _rules = [];

    internal RequestControl()
    {
    }

    /// <summary>Begins a rule for the requests of one API: <c>On(ApiKey.Produce).Once().Answer(ErrorCode.NotLeaderOrFollower)</c>.</summary>
    /// <param name="api">Which API; one that the broker does not serve never matches.</param>
    public RequestMatch On(ApiKey api) => new(this, api);

    /// <summary>Begins a rule for the requests of every API.</summary>
    public RequestMatch OnAny() => new(this, null);

    /// <summary>Takes every rule away. Requests that are held up go on only when their rule lets them.</summary>
    public void Clear()
    {
        lock (_lock)
            _rules = [];
    }

    /// <summary>Without rules a request costs this one look.</summary>
    internal bool IsIdle => _rules.Length == 0;

    internal RequestRule Add(RequestRule rule)
    {
        lock (_lock)
            _rules = [.. _rules, rule];
        return rule;
    }

    internal void Remove(RequestRule rule)
    {
        lock (_lock)
            _rules = [.. _rules.Where(r => r != rule)];
    }

    /// <summary>Runs what watches, waits for what holds up.</summary>
    /// <returns>The decision, or null when the broker handles the request itself.</returns>
    internal async ValueTask<RequestDecision?> DecideAsync(ControlledRequest request, TimeProvider time, CancellationToken aborted)
    {
        foreach (var rule in _rules)
        {
            if (!rule.TryMatch(request))
                continue;

            rule.Watch?.Invoke(request);
            if (rule.Hold is { } hold)
                await hold(time, aborted).ConfigureAwait(false);
            if (rule.Decision is { } decision)
                return decision;
        }

        return null;
    }
}
