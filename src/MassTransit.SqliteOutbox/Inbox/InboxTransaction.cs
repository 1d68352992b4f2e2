using System.Diagnostics;
using MassTransit.Middleware;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Runs a consumer in one transaction with its inbox row and its outbox rows. The row is claimed first: a second delivery
/// of the same message waits and then finds it. An exception of the consumer leaves nothing behind, so a redelivery runs
/// for real. The messages leave by the relay, after the commit.
/// </summary>
internal sealed class InboxTransaction<TDbContext>(
    TDbContext dbContext, DeliveryGroups<TDbContext> groups, OutboxSettings<TDbContext> settings, SqliteOutboxMetrics metrics, TimeProvider time,
    IServiceProvider provider) : IOutboxContextFactory<TDbContext>
    where TDbContext : DbContext
{
    public async Task Send<T>(ConsumeContext<T> context, OutboxConsumeOptions options, IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        Guid messageId = context.GetOriginalMessageId() ?? throw new MessageException(typeof(T), "A message without id cannot go through the inbox.");

        if (await ConsumeOnce(context, options, messageId, next).ConfigureAwait(false))
            return;

        metrics.DuplicateSuppressed(options.ConsumerType);
        await next.Send(new InboxConsumeContext<T>(context, options, provider, dbContext, time, consumed: true)).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context)
    {
        ProbeContext scope = context.CreateFilterScope("inbox");
        scope.Add("provider", OutboxDatabase.Of(dbContext).Name);
        scope.Add("dbContext", typeof(TDbContext).Name);
    }

    private async Task<bool> ConsumeOnce<T>(ConsumeContext<T> context, OutboxConsumeOptions options, Guid messageId,
        IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        long started = Stopwatch.GetTimestamp();

        await using IDeliveryTransaction transaction = await Begin(context).ConfigureAwait(false);

        InboxState row = Row(context, options, messageId);
        bool claimed = await InboxClaim.TryAsync(dbContext, row, context.CancellationToken).ConfigureAwait(false);
        if (claimed)
            await next.Send(new InboxConsumeContext<T>(context, options, provider, dbContext, time, consumed: false)).ConfigureAwait(false);
        else
            await InboxPositions.SawAgainAsync(dbContext, row, context.CancellationToken).ConfigureAwait(false);

        try
        {
            // A duplicate too waits for it: what it repeats may be of the same group.
            await transaction.CommitAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (claimed)
        {
            // The consumer was already reported as successful; observers must hear that it was not.
            await context.NotifyFaulted(Stopwatch.GetElapsedTime(started), options.ConsumerType, exception).ConfigureAwait(false);
            throw;
        }

        return claimed;
    }

    private InboxState Row(ConsumeContext context, OutboxConsumeOptions options, Guid messageId)
    {
        RecordPosition? position = settings.Options.PositionOf?.Invoke(context);

        return new InboxState
        {
            MessageId = messageId,
            ConsumerId = options.ConsumerId,
            Consumed = time.GetUtcNow().UtcDateTime,
            Topic = position?.Partition.Topic,
            Partition = position?.Partition.Partition,
            Position = position?.Offset,
        };
    }

    private async Task<IDeliveryTransaction> Begin(ConsumeContext context)
    {
        IDeliveryTransaction? part = OutboxDatabase.Of(dbContext).HasOneWriter && settings.MayShare(context)
            ? await groups.TryJoinAsync(dbContext, context.CancellationToken).ConfigureAwait(false)
            : null;

        return part ?? await dbContext.BeginWriteTransactionAsync(context.CancellationToken).ConfigureAwait(false);
    }
}
