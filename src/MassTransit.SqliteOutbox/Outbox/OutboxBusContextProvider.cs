using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Decides what <c>IPublishEndpoint</c> and its like mean in a scope: in a consumer behind the inbox, that consumer's
/// own outbox; everywhere else, also in a consumer without inbox, rows of the scope's context.
/// </summary>
internal sealed class OutboxBusContextProvider<TDbContext> : IScopedBusContextProvider<IBus>
    where TDbContext : DbContext
{
    public OutboxBusContextProvider(IBus bus, TDbContext dbContext, Bind<IBus, IClientFactory> clientFactory,
        Bind<IBus, IScopedConsumeContextProvider> ofThisBus, IScopedConsumeContextProvider ofAnyBus, TimeProvider time, IServiceProvider provider)
    {
        ConsumeContext? consumeContext = ofThisBus.Value.HasContext ? ofThisBus.Value.GetContext()
            : ofAnyBus.HasContext ? ofAnyBus.GetContext()
            : null;

        Context = ofThisBus.Value.HasContext && consumeContext!.TryGetPayload(out OutboxConsumeContext? _)
            ? new ConsumeContextScopedBusContext(consumeContext, clientFactory.Value)
            : new OutboxBusContext(dbContext, bus, clientFactory.Value, consumeContext, time, provider);
    }

    public ScopedBusContext Context { get; }
}
