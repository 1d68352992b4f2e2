using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Lines up the deliveries of one context's database. Whoever finishes hands the open transaction to the next in line;
/// the last one, when nobody waits or the group is full, commits for all. Nobody waits for others to come: a group is
/// as large as the queue that formed while the one before was running. Any thread may call.
/// </summary>
internal sealed class DeliveryGroups<TDbContext>(IServiceScopeFactory scopes, OutboxSettings<TDbContext> settings, SqliteOutboxMetrics metrics, TimeProvider time)
    where TDbContext : DbContext
{
    private readonly SqliteOutboxOptions _options = settings.Options;
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource<DeliveryGroup?>> _waiting = new();
    private bool _running;

    /// <summary>
    /// Returns when it is this delivery's turn in a group, new or already running; null when its context cannot work on
    /// another connection.
    /// </summary>
    /// <exception cref="TimeoutException">It was not within the busy timeout.</exception>
    public async Task<IDeliveryTransaction?> TryJoinAsync(TDbContext dbContext, CancellationToken cancellationToken)
    {
        DeliveryGroup? group = await Turn(cancellationToken).ConfigureAwait(false);
        if (group is null)
        {
            try
            {
                group = await DeliveryGroup.BeginAsync<TDbContext>(scopes, time, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                LetNextBegin();
                throw;
            }
        }

        try
        {
            if (await GroupPart.TryBeginAsync(group, dbContext, HandOnAsync, cancellationToken).ConfigureAwait(false) is { } part)
                return part;
        }
        catch
        {
            await HandOnAsync(group).ConfigureAwait(false);
            throw;
        }

        await HandOnAsync(group).ConfigureAwait(false);

        return null;
    }

    /// <summary>A group to go on with, or null when this delivery is to begin one.</summary>
    private async Task<DeliveryGroup?> Turn(CancellationToken cancellationToken)
    {
        var turn = new TaskCompletionSource<DeliveryGroup?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_running)
            {
                _running = true;
                return null;
            }

            _waiting.Enqueue(turn);
        }

        metrics.EntersLine(typeof(TDbContext).Name);
        using var patience = new CancellationTokenSource(_options.BusyTimeout);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        await using CancellationTokenRegistration leave = giveUp.Token.UnsafeRegister(
            static (turn, token) => ((TaskCompletionSource<DeliveryGroup?>)turn!).TrySetCanceled(token), turn);
        try
        {
            return await turn.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"No turn in a transaction of {typeof(TDbContext).Name} within {_options.BusyTimeout.TotalSeconds:0.#} s. Does a consumer wait for something slow?");
        }
        finally
        {
            metrics.LeavesLine(typeof(TDbContext).Name);
        }
    }

    private async Task HandOnAsync(DeliveryGroup group)
    {
        lock (_gate)
        {
            if (MayGrow(group) && TryWake(group))
                return;
        }

        await group.EndAsync().ConfigureAwait(false);
        if (!group.IsBroken)
            metrics.Committed(typeof(TDbContext).Name, group.Finished);

        LetNextBegin();
    }

    private bool MayGrow(DeliveryGroup group) =>
        !group.IsBroken && group.Size < _options.MaxGroupMessages && time.GetElapsedTime(group.Begun) < _options.MaxGroupTime;

    private void LetNextBegin()
    {
        lock (_gate)
        {
            if (!TryWake(null))
                _running = false;
        }
    }

    private bool TryWake(DeliveryGroup? group)
    {
        while (_waiting.TryDequeue(out TaskCompletionSource<DeliveryGroup?>? turn))
        {
            // Those who gave up are still in line.
            if (turn.TrySetResult(group))
                return true;
        }

        return false;
    }
}
