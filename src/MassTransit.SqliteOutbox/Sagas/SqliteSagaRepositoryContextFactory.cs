using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Gives a saga's instances the transaction they are loaded and saved in: the inbox's where the delivery came through
/// the inbox of the same context, otherwise one of their own.
/// </summary>
internal sealed class SqliteSagaRepositoryContextFactory<TSaga, TDbContext> :
    ISagaRepositoryContextFactory<TSaga>, IQuerySagaRepositoryContextFactory<TSaga>, ILoadSagaRepositoryContextFactory<TSaga>
    where TSaga : class, ISaga
    where TDbContext : DbContext
{
    private readonly TDbContext _dbContext;
    private readonly ISagaConsumeContextFactory<DbContext, TSaga> _factory;

    public SqliteSagaRepositoryContextFactory(TDbContext dbContext, ISagaConsumeContextFactory<DbContext, TSaga> factory)
    {
        if (dbContext.Model.FindEntityType(typeof(TSaga)) is not { } entity)
            throw new InvalidOperationException($"{typeof(TSaga).Name} is not part of the model of {typeof(TDbContext).Name}.");

        if (RowVersion.Of(entity) is null)
            throw new InvalidOperationException(
                $"{typeof(TSaga).Name} needs a long or int property configured with IsConcurrencyToken(); without it a concurrent update would be lost unseen.");

        _dbContext = dbContext;
        _factory = factory;
    }

    public async Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class
    {
        await InTransaction(context, () =>
            next.Send(new SqliteSagaRepositoryContext<TSaga, T>(_dbContext, context, _factory))).ConfigureAwait(false);
    }

    public async Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class
    {
        await InTransaction(context, async () =>
        {
            await LockFound(query, context.CancellationToken).ConfigureAwait(false);
            List<TSaga> instances = await _dbContext.Set<TSaga>().Where(query.FilterExpression)
                .ToListAsync(context.CancellationToken).ConfigureAwait(false);
            var repositoryContext = new SqliteSagaRepositoryContext<TSaga, T>(_dbContext, context, _factory);

            await next.Send(new LoadedSagaRepositoryQueryContext<TSaga, T>(repositoryContext, instances)).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    public Task<T> Execute<T>(Func<QuerySagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken = default)
        where T : class => asyncMethod(new SqliteSagaReadContext<TSaga>(_dbContext, cancellationToken));

    public Task<T> Execute<T>(Func<LoadSagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken = default)
        where T : class => asyncMethod(new SqliteSagaReadContext<TSaga>(_dbContext, cancellationToken));

    public void Probe(ProbeContext context)
    {
        context.Add("persistence", OutboxDatabase.Of(_dbContext).Name);
        context.Add("dbContext", typeof(TDbContext).Name);
    }

    private async Task LockFound(ISagaQuery<TSaga> query, CancellationToken cancellationToken)
    {
        IOutboxDatabase database = OutboxDatabase.Of(_dbContext);
        if (database.HasOneWriter)
            return;

        List<Guid> found = await _dbContext.Set<TSaga>().AsNoTracking().Where(query.FilterExpression)
            .Select(saga => saga.CorrelationId).Order().ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (Guid correlationId in found)
            await database.LockInstanceAsync(_dbContext, _dbContext.Model.FindEntityType(typeof(TSaga))!, correlationId, cancellationToken).ConfigureAwait(false);
    }

    private async Task InTransaction(ConsumeContext context, Func<Task> action)
    {
        if (context.TryGetPayload(out IJoinsTransaction? inbox) && ReferenceEquals(inbox.DbContext, _dbContext))
        {
            await action().ConfigureAwait(false);
            return;
        }

        await using SqliteWriteTransaction transaction =
            await _dbContext.BeginWriteTransactionAsync(context.CancellationToken).ConfigureAwait(false);
        await action().ConfigureAwait(false);
        await transaction.CommitAsync().ConfigureAwait(false);
    }
}
