using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// One transaction on a context of its own, which deliveries use one after the other. Whoever has the turn may call; after
/// <see cref="EndAsync"/> nobody.
/// </summary>
internal sealed class DeliveryGroup
{
    private readonly AsyncServiceScope _scope;
    private readonly SqliteWriteTransaction _transaction;
    private readonly TaskCompletionSource<Exception?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _broken;

    private DeliveryGroup(AsyncServiceScope scope, DbContext context, SqliteWriteTransaction transaction, long begun)
    {
        _scope = scope;
        _transaction = transaction;
        Context = context;
        Begun = begun;
    }

    public DbContext Context { get; }

    public long Begun { get; }

    /// <summary>How many deliveries were let in.</summary>
    public int Size { get; set; }

    /// <summary>How many of them want the commit.</summary>
    public int Finished { get; set; }

    public bool IsBroken => _broken is not null;

    /// <summary>Null when everything is durable, otherwise why nothing is.</summary>
    public Task<Exception?> Outcome => _outcome.Task;

    /// <exception cref="Exception">Of the gate or the database; nothing is left open.</exception>
    public static async Task<DeliveryGroup> BeginAsync<TDbContext>(IServiceScopeFactory scopes, TimeProvider time, CancellationToken cancellationToken)
        where TDbContext : DbContext
    {
        AsyncServiceScope scope = scopes.CreateAsyncScope();
        try
        {
            var context = scope.ServiceProvider.GetRequiredService<TDbContext>();
            SqliteWriteTransaction transaction = await context.BeginWriteTransactionAsync(cancellationToken).ConfigureAwait(false);

            return new DeliveryGroup(scope, context, transaction, time.GetTimestamp());
        }
        catch
        {
            await scope.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Nobody can tell any more what the transaction holds, so it will not be committed.</summary>
    public void Break(Exception cause) => _broken ??= cause;

    /// <summary>Commits, or rolls back when broken or when nobody wants the commit. Its failures are the members' to hear.</summary>
    public async Task EndAsync()
    {
        try
        {
            await using (_scope.ConfigureAwait(false))
            await using (_transaction.ConfigureAwait(false))
            {
                if (_broken is null && Finished > 0)
                    await _transaction.CommitAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            Break(exception);
        }

        _outcome.SetResult(_broken);
    }
}
