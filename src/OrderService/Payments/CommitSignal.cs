using System.Data.Common;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace OrderService.Payments;

/// <summary>
/// Wakes the caller of the gateway when the payments database has changed. Pulses that come while it works are one pulse afterwards.
/// Safe from any thread.
/// </summary>
internal sealed class CommitSignal : DbTransactionInterceptor
{
    private readonly Channel<bool> _pulse = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Pulse() => _pulse.Writer.TryWrite(true);

    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _pulse.Reader.ReadAsync(cancellationToken);

    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Pulse();

    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Pulse();
        return Task.CompletedTask;
    }
}
