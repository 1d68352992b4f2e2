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

    public Task<long> CountWaiting(CancellationToken cancellationToken) => Due().LongCountAsync(cancellationToken);

    /// <summary>True when no due row is left.</summary>
    public async Task<bool> Run(CancellationToken stoppingToken)
    {
        long last = 0;
        while (true)
        {
            stoppingToken.ThrowIfCancellationRequested();

            List<OutboxMessage> batch = await Due().Where(row => row.SequenceNumber > last && !_failedLanes.Contains(row.Lane))
                .OrderBy(row => row.SequenceNumber).Take(options.BatchSize)
                .ToListAsync(stoppingToken).ConfigureAwait(false);
            if (batch.Count == 0)
                return _failedLanes.Count == 0;

            last = batch[^1].SequenceNumber;
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

    private IQueryable<OutboxMessage> Due()
    {
        DateTime now = time.GetUtcNow().UtcDateTime;

        return dbContext.Set<OutboxMessage>().AsNoTracking().Where(row => row.EnqueueTime == null || row.EnqueueTime <= now);
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
    /// sends them again; the next connection from the pool gets the configured setting back.
    /// </summary>
    private async Task Delete(List<long> sent)
    {
        await dbContext.Database.OpenConnectionAsync().ConfigureAwait(false);
        try
        {
            await dbContext.Database.ExecuteSqlRawAsync("PRAGMA synchronous=NORMAL").ConfigureAwait(false);

            await using SqliteWriteTransaction transaction = await dbContext.BeginWriteTransactionAsync().ConfigureAwait(false);
            await dbContext.Set<OutboxMessage>().Where(row => sent.Contains(row.SequenceNumber)).ExecuteDeleteAsync().ConfigureAwait(false);
            await transaction.CommitAsync().ConfigureAwait(false);
        }
        finally
        {
            await dbContext.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }
}
