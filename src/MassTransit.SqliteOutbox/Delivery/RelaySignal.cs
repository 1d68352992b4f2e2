using System.Threading.Channels;

namespace MassTransit.SqliteOutbox;

/// <summary>Tells the relay of this process that rows were committed. Calls in between two looks count as one.</summary>
internal sealed class RelaySignal<TDbContext>
{
    private readonly Channel<bool> _raised = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
        SingleReader = true,
    });

    public void Raise() => _raised.Writer.TryWrite(true);

    /// <summary>Returns when raised since the last return, or after <paramref name="limit"/>.</summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<bool> raised = _raised.Reader.WaitToReadAsync(done.Token).AsTask();

        await Task.WhenAny(raised, Task.Delay(limit, time, done.Token)).ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
        _raised.Reader.TryRead(out _);

        cancellationToken.ThrowIfCancellationRequested();
    }
}
