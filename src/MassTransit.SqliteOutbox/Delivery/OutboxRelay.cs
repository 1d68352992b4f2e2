using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Owns the delivery of one database's outbox: sleeps until rows are announced or the poll is due, takes the turn among
/// the relays of that file, runs a round, gives the turn back. Failures of the transport or the database end the round,
/// leave the rows where they are and lengthen the pause before the next.
/// </summary>
internal sealed class OutboxRelay<TDbContext>(
    IServiceScopeFactory scopes,
    IBusControl bus,
    RelaySignal<TDbContext> signal,
    OutboxSettings<TDbContext> settings,
    SqliteOutboxMetrics metrics,
    TimeProvider time,
    ILogger<OutboxRelay<TDbContext>> logger) : BackgroundService, IHostedLifecycleService
    where TDbContext : DbContext
{
    /// <summary>While another process drains the file it may or may not take our rows along; look again soon.</summary>
    private static readonly TimeSpan RivalPause = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(50);

    private readonly SqliteOutboxOptions _options = settings.Options;

    /// <summary>Before any service stops, the bus among them: what is being sent may still be acknowledged.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => StopAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await BusStarted(stoppingToken).ConfigureAwait(false);

            TimeSpan backOff = _options.MinBackOff;
            while (true)
            {
                switch (await Round(stoppingToken).ConfigureAwait(false))
                {
                    case RoundOutcome.Drained:
                        backOff = _options.MinBackOff;
                        await signal.WaitAsync(_options.PollInterval, time, stoppingToken).ConfigureAwait(false);
                        break;
                    case RoundOutcome.RivalAtWork:
                        await Task.Delay(RivalPause, time, stoppingToken).ConfigureAwait(false);
                        break;
                    default:
                        await Task.Delay(backOff, time, stoppingToken).ConfigureAwait(false);
                        backOff = backOff * 2 < _options.MaxBackOff ? backOff * 2 : _options.MaxBackOff;
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; rows that were not sent wait for the next start.
        }
    }

    /// <summary>
    /// A transport may drop what is published before its endpoints exist. Only the first start counts: later outages
    /// show as failed sends. The pause is real time, whatever clock the application runs on.
    /// </summary>
    private async Task BusStarted(CancellationToken stoppingToken)
    {
        while (bus.CheckHealth().Status == BusHealthStatus.Unhealthy)
            await Task.Delay(StartPause, TimeProvider.System, stoppingToken).ConfigureAwait(false);
    }

    private async Task<RoundOutcome> Round(CancellationToken stoppingToken)
    {
        try
        {
            await using AsyncServiceScope scope = scopes.CreateAsyncScope();
            var dbContext = scope.ServiceProvider.GetRequiredService<TDbContext>();
            var round = new DeliveryRound(dbContext, bus, _options, metrics, time, logger);

            if (!await round.HasDue(stoppingToken).ConfigureAwait(false))
            {
                metrics.SetWaiting(typeof(TDbContext).Name, 0);

                return RoundOutcome.Drained;
            }

            await using IAsyncDisposable? turn = await OutboxDatabase.Of(dbContext).TryTakeRelayTurnAsync(dbContext, stoppingToken).ConfigureAwait(false);
            if (turn is null)
                return RoundOutcome.RivalAtWork;

            bool drained = await round.Run(stoppingToken).ConfigureAwait(false);
            metrics.SetWaiting(typeof(TDbContext).Name, drained ? 0 : await round.CountWaiting(stoppingToken).ConfigureAwait(false));

            return drained ? RoundOutcome.Drained : RoundOutcome.Failed;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            RelayLog.RoundFailed(logger, exception, typeof(TDbContext).Name);

            return RoundOutcome.Failed;
        }
    }

    private enum RoundOutcome
    {
        Drained,
        RivalAtWork,
        Failed,
    }
}
