using MassTransit.Clients;
using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using MassTransit.Transports;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// What a scope publishes and sends through: everything becomes rows of the scope's context and exists from its
/// <c>SaveChanges</c> on. Requests go out at once, since nobody can wait for an answer to an uncommitted question.
/// </summary>
internal sealed class OutboxBusContext : ScopedBusContext, OutboxSendContext
{
    private readonly DbContext _dbContext;
    private readonly TimeProvider _time;
    private readonly IServiceProvider _provider;

    public OutboxBusContext(DbContext dbContext, IBus bus, IClientFactory clientFactory, ConsumeContext? consumeContext,
        TimeProvider time, IServiceProvider provider)
    {
        _dbContext = dbContext;
        _time = time;
        _provider = provider;

        // Inside a consumer, what is sent continues the conversation of what was received.
        ISendEndpointProvider send = consumeContext is null ? bus : new ScopedConsumeSendEndpointProvider(bus, consumeContext, provider);
        IPublishEndpointProvider publish = consumeContext is null ? bus : new ScopedConsumePublishEndpointProvider(bus, consumeContext, provider);

        SendEndpointProvider = new OutboxSendEndpointProvider(this, send);
        PublishEndpoint = new PublishEndpoint(new OutboxPublishEndpointProvider(this, publish));
        ClientFactory = new ScopedClientFactory(new ClientFactory(new ScopedClientFactoryContext(clientFactory, provider)), consumeContext);
    }

    public ISendEndpointProvider SendEndpointProvider { get; }
    public IPublishEndpoint PublishEndpoint { get; }
    public IScopedClientFactory ClientFactory { get; }

    public Task AddSend<T>(SendContext<T> context)
        where T : class
    {
        OutboxRow.Add(_dbContext, context, _time);

        return Task.CompletedTask;
    }

    public object? GetService(Type serviceType) => _provider.GetService(serviceType);
}
