using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// What a consumer behind the inbox sees: whatever it publishes, sends or responds becomes a row of its transaction.
/// MassTransit's own loop would also deliver from here; delivery is the relay's, so there is nothing to load or remove.
/// </summary>
internal sealed class InboxConsumeContext<TMessage>(
    ConsumeContext<TMessage> context, OutboxConsumeOptions options, IServiceProvider provider, DbContext dbContext, TimeProvider time, bool consumed)
    : OutboxConsumeContextProxy<TMessage>(context, options, provider), IJoinsTransaction
    where TMessage : class
{
    public override bool ContinueProcessing { get; set; }
    public override bool IsMessageConsumed => consumed;
    public override bool IsOutboxDelivered => consumed;
    public override int ReceiveCount => 1;
    public override long? LastSequenceNumber => null;

    public DbContext DbContext => dbContext;

    /// <summary>Writes what the consumer and its publishes left unsaved; the commit follows.</summary>
    public override Task SetConsumed() => dbContext.SaveChangesAsync(CancellationToken);

    public override Task SetDelivered() => Task.CompletedTask;

    public override Task<List<OutboxMessageContext>> LoadOutboxMessages() => Task.FromResult<List<OutboxMessageContext>>([]);

    public override Task NotifyOutboxMessageDelivered(OutboxMessageContext message) => Task.CompletedTask;

    public override Task RemoveOutboxMessages() => Task.CompletedTask;

    public override Task AddSend<T>(SendContext<T> context)
    {
        OutboxRow.Add(dbContext, context, time);

        return Task.CompletedTask;
    }
}
