namespace Broker.Connections;

/// <summary>For how long a connection's requests are left waiting. Muted by any thread; awaited by the one that receives.</summary>
internal sealed class ChannelMute(TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();
    private long _untilMs;

    public bool IsMuted => RemainingMs > 0;

    /// <summary>Time since the client was last held up: none while it is, without end if it never was.</summary>
    public TimeSpan SinceMuted =>
        Volatile.Read(ref _untilMs) == 0 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(Math.Max(-RemainingMs, 0));

    private long NowMs => (long)time.GetElapsedTime(_began).TotalMilliseconds;

    private long RemainingMs => Volatile.Read(ref _untilMs) is var until and > 0 ? until - NowMs : 0;

    /// <summary>From now on for this long, if it is not longer already.</summary>
    public void For(int milliseconds)
    {
        var until = NowMs + milliseconds;
        var before = Volatile.Read(ref _untilMs);
        while (until > before)
        {
            var found = Interlocked.CompareExchange(ref _untilMs, until, before);
            if (found == before)
                return;
            before = found;
        }
    }

    /// <summary>Completes when the time is over, at once when there is none.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken) => IsMuted ? WaitOutAsync(cancellationToken) : ValueTask.CompletedTask;

    private async ValueTask WaitOutAsync(CancellationToken cancellationToken)
    {
        while (RemainingMs is var remaining and > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(remaining, int.MaxValue)), time, cancellationToken).ConfigureAwait(false);
    }
}
