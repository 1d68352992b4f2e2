using System.Diagnostics;
using MassTransit.Middleware;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Runs a consumer in one transaction with its inbox row and its outbox rows. The row is claimed first, which takes the
/// file's write lock: a second delivery of the same message waits and then finds it. An exception of the consumer
/// leaves nothing behind, so a redelivery runs for real. The messages leave by the relay, after the commit.
/// </summary>
internal sealed class InboxTransaction<TDbContext>(
    TDbContext dbContext, SqliteOutboxMetrics metrics, TimeProvider time, IServiceProvider provider) : IOutboxContextFactory<TDbContext>
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
        scope.Add("provider", "sqlite");
        scope.Add("dbContext", typeof(TDbContext).Name);
    }

    private async Task<bool> ConsumeOnce<T>(ConsumeContext<T> context, OutboxConsumeOptions options, Guid messageId,
        IPipe<OutboxConsumeContext<T>> next)
        where T : class
    {
        long started = Stopwatch.GetTimestamp();

        await using SqliteWriteTransaction transaction =
            await dbContext.BeginWriteTransactionAsync(context.CancellationToken).ConfigureAwait(false);

        int claimed = await dbContext.Database.ExecuteSqlAsync(
            $"INSERT OR IGNORE INTO InboxState (MessageId, ConsumerId, Consumed) VALUES ({messageId}, {options.ConsumerId}, {time.GetUtcNow().UtcDateTime})",
            context.CancellationToken).ConfigureAwait(false);
        if (claimed == 0)
            return false;

        await next.Send(new InboxConsumeContext<T>(context, options, provider, dbContext, time, consumed: false)).ConfigureAwait(false);

        try
        {
            await transaction.CommitAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // The consumer was already reported as successful; observers must hear that it was not.
            await context.NotifyFaulted(Stopwatch.GetElapsedTime(started), options.ConsumerType, exception).ConfigureAwait(false);
            throw;
        }

        return true;
    }
}
