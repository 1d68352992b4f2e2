using System.Collections.Concurrent;
using MassTransit.Middleware;
using MassTransit.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// One pass over the outbox in the order of commits. Lanes go side by side; within a lane the next message is sent
/// when the one before is acknowledged, and a lane that failed is left alone until the next round. No transaction is
/// open while anything is sent: rows are read, sent, and deleted in a short transaction of their own. Dying between
/// the last two sends the batch again under the same message ids, which the consumers' inboxes suppress.
/// </summary>
internal sealed class DeliveryRound(
    DbContext dbContext, IBusControl bus, SqliteOutboxOptions options, SqliteOutboxMetrics metrics, TimeProvider time, ILogger logger)
{
    /// <summary>How long a stopping host waits for acknowledgements that are on their way.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    /// <summary>One lane may be refused for reasons of its own. When so many fail and none gets through, the transport is down.</summary>
    private const int LanesThatMeanDown = 8;

    private readonly string _database = dbContext.GetType().Name;
    private readonly HashSet<string> _failedLanes = new(StringComparer.Ordinal);

    public async Task<bool> HasDue(CancellationToken cancellationToken) =>
        await Due().AnyAsync(cancellationToken).ConfigureAwait(false) || await Delayed().AnyAsync(cancellationToken).ConfigureAwait(false);

    public Task<long> CountWaiting(CancellationToken cancellationToken) => Due().LongCountAsync(cancellationToken);

    /// <summary>True when no due row is left.</summary>
    public async Task<bool> Run(CancellationToken stoppingToken)
    {
        await Release(stoppingToken).ConfigureAwait(false);

        while (true)
        {
            stoppingToken.ThrowIfCancellationRequested();

            // From the lowest number every time: where several transactions write at once, one may have committed below what was read.
            List<OutboxMessage> batch = await Due().Where(row => !_failedLanes.Contains(row.Lane))
                .OrderBy(row => row.SequenceNumber).Take(options.BatchSize)
                .ToListAsync(stoppingToken).ConfigureAwait(false);
            if (batch.Count == 0)
                return _failedLanes.Count == 0;

            List<long> sent = await Send(batch, stoppingToken).ConfigureAwait(false);
            if (sent.Count > 0)
            {
                await Delete(sent).ConfigureAwait(false);
                metrics.Delivered(_database, sent.Count);
            }
            else if (_failedLanes.Count >= LanesThatMeanDown)
            {
                return false;
            }
        }
    }

    private IQueryable<OutboxMessage> Due() => dbContext.Set<OutboxMessage>().AsNoTracking().Where(row => row.EnqueueTime == null);

    private IQueryable<OutboxMessage> Delayed()
    {
        DateTime now = time.GetUtcNow().UtcDateTime;

        return dbContext.Set<OutboxMessage>().Where(row => row.EnqueueTime <= now);
    }

    /// <summary>
    /// Lets in the rows whose delay is over. Kept apart from the others by their time, so that many that wait cost nothing.
    /// </summary>
    private async Task Release(CancellationToken stoppingToken)
    {
        if (await Delayed().AnyAsync(stoppingToken).ConfigureAwait(false))
        {
            await OutboxDatabase.Of(dbContext).CommitLazilyAsync(dbContext,
                () => Delayed().ExecuteUpdateAsync(row => row.SetProperty(message => message.EnqueueTime, (DateTime?)null))).ConfigureAwait(false);
        }
    }

    private async Task<List<long>> Send(List<OutboxMessage> batch, CancellationToken stoppingToken)
    {
        var sent = new ConcurrentBag<long>();
        var failed = new ConcurrentBag<string>();

        await Task.WhenAll(batch.GroupBy(row => row.Lane, StringComparer.Ordinal).Select(async lane =>
        {
            foreach (OutboxMessage row in lane)
            {
                try
                {
                    await Send(row, stoppingToken).ConfigureAwait(false);
                    sent.Add(row.SequenceNumber);
                }
                catch (Exception exception)
                {
                    failed.Add(lane.Key);
                    metrics.Failed(_database);
                    RelayLog.SendFailed(logger, exception, row.SequenceNumber, row.MessageId, row.DestinationAddress);
                    break;
                }
            }
        })).ConfigureAwait(false);

        _failedLanes.UnionWith(failed);

        return [.. sent];
    }

    private async Task Send(OutboxMessage row, CancellationToken stoppingToken)
    {
        using var giveUp = new CancellationTokenSource(options.SendTimeout, time);
        await using CancellationTokenRegistration stopping = stoppingToken.Register(() => giveUp.CancelAfter(StopGrace));

        ISendEndpoint endpoint = await bus.GetSendEndpoint(row.DestinationAddress).ConfigureAwait(false);
        await endpoint.Send(new SerializedMessageBody(), new OutboxMessageSendPipe(new StoredMessage(row), row.DestinationAddress), giveUp.Token)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Not cancellable: the rows are sent. Without waiting for the disk, which is safe because losing the deletion only
    /// sends them again.
    /// </summary>
    private Task Delete(List<long> sent) => OutboxDatabase.Of(dbContext).CommitLazilyAsync(dbContext,
        () => dbContext.Set<OutboxMessage>().Where(row => sent.Contains(row.SequenceNumber)).ExecuteDeleteAsync());
}
