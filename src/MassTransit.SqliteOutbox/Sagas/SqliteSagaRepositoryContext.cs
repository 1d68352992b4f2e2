using MassTransit.Context;
using MassTransit.Logging;
using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Loads and saves the instance a message is for. A version that moved since it was read throws
/// <see cref="DbUpdateConcurrencyException"/>; the endpoint runs the delivery again. One delivery, one thread.
/// </summary>
internal sealed class SqliteSagaRepositoryContext<TSaga, TMessage>(
    DbContext dbContext, ConsumeContext<TMessage> context, ISagaConsumeContextFactory<DbContext, TSaga> factory)
    : ConsumeContextScope<TMessage>(context, dbContext), SagaRepositoryContext<TSaga, TMessage>
    where TSaga : class, ISaga
    where TMessage : class
{
    private readonly ConsumeContext<TMessage> _context = context;

    public Task<SagaConsumeContext<TSaga, TMessage>> Add(TSaga instance) =>
        factory.CreateSagaConsumeContext(dbContext, _context, instance, SagaConsumeContextMode.Add);

    /// <summary>Null when the instance exists already: MassTransit then loads it.</summary>
    public async Task<SagaConsumeContext<TSaga, TMessage>> Insert(TSaga instance)
    {
        var entry = dbContext.Add(instance);
        try
        {
            await dbContext.SaveChangesAsync(CancellationToken).ConfigureAwait(false);
        }
        catch (DbUpdateException exception) when (exception is not DbUpdateConcurrencyException)
        {
            // The failed statement changed nothing; the context must not try it again.
            entry.State = EntityState.Detached;
            _context.LogInsertFault<TSaga, TMessage>(exception, instance.CorrelationId);

            return null!;
        }

        _context.LogInsert<TSaga, TMessage>(instance.CorrelationId);

        return await factory.CreateSagaConsumeContext(dbContext, _context, instance, SagaConsumeContextMode.Insert).ConfigureAwait(false);
    }

    public async Task<SagaConsumeContext<TSaga, TMessage>> Load(Guid correlationId)
    {
        await OutboxDatabase.Of(dbContext).LockInstanceAsync(dbContext, dbContext.Model.FindEntityType(typeof(TSaga))!, correlationId, CancellationToken)
            .ConfigureAwait(false);
        TSaga? instance = await dbContext.Set<TSaga>()
            .SingleOrDefaultAsync(saga => saga.CorrelationId == correlationId, CancellationToken).ConfigureAwait(false);

        return instance is null
            ? null!
            : await factory.CreateSagaConsumeContext(dbContext, _context, instance, SagaConsumeContextMode.Load).ConfigureAwait(false);
    }

    public async Task Save(SagaConsumeContext<TSaga> context)
    {
        dbContext.Add(context.Saga);
        try
        {
            await dbContext.SaveChangesAsync(CancellationToken).ConfigureAwait(false);
        }
        catch (DbUpdateException exception) when (Conflict.IsTaken(exception))
        {
            throw new DbUpdateConcurrencyException($"{typeof(TSaga).Name} {context.Saga.CorrelationId} was begun by another delivery at the same time.", exception);
        }
    }

    public Task Update(SagaConsumeContext<TSaga> context) => dbContext.SaveChangesAsync(CancellationToken);

    public Task Delete(SagaConsumeContext<TSaga> context)
    {
        dbContext.Remove(context.Saga);

        return dbContext.SaveChangesAsync(CancellationToken);
    }

    public Task Discard(SagaConsumeContext<TSaga> context) => Task.CompletedTask;

    public Task Undo(SagaConsumeContext<TSaga> context)
    {
        dbContext.Entry(context.Saga).State = EntityState.Unchanged;

        return Task.CompletedTask;
    }

    public Task<SagaConsumeContext<TSaga, T>> CreateSagaConsumeContext<T>(ConsumeContext<T> consumeContext, TSaga instance, SagaConsumeContextMode mode)
        where T : class => factory.CreateSagaConsumeContext(dbContext, consumeContext, instance, mode);
}
