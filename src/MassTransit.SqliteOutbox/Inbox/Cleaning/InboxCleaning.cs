using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MassTransit.SqliteOutbox;

/// <summary>
/// Removes inbox rows whose messages cannot come again, now and then. It asks first which those are, so a row goes by what
/// the logs hold and never by its age. Several processes may do this on one database.
/// </summary>
internal sealed class InboxCleaning<TDbContext>(
    IServiceScopeFactory scopes, OutboxSettings<TDbContext> settings, TimeProvider time, ILogger<InboxCleaning<TDbContext>> logger) : BackgroundService
    where TDbContext : DbContext
{
    /// <summary>Of one transaction, which keeps other writers out meanwhile.</summary>
    private const long OffsetsAtOnce = 1000;

    private IReadOnlyDictionary<RecordPartition, long> _earlierStarts = new Dictionary<RecordPartition, long>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(settings.Options.InboxCleaningInterval, time, stoppingToken).ConfigureAwait(false);
                await TryClean(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what could go goes another time.
        }
    }

    private async Task TryClean(CancellationToken stoppingToken)
    {
        try
        {
            await using AsyncServiceScope scope = scopes.CreateAsyncScope();
            ReadableRecords readable = await settings.Options.ReadableRecords!(scope.ServiceProvider, stoppingToken).ConfigureAwait(false);
            var dbContext = scope.ServiceProvider.GetRequiredService<TDbContext>();
            Guid[] deadLetters = [.. readable.DeadLetters];

            // As they were an interval ago: a record that was read just before it left its log may become a dead letter only now.
            foreach ((RecordPartition partition, long logStart) in _earlierStarts)
                await Clean(dbContext, partition, logStart, deadLetters, stoppingToken).ConfigureAwait(false);

            _earlierStarts = readable.LogStartOffsets;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            InboxLog.CleaningFailed(logger, exception, typeof(TDbContext).Name);
        }
    }

    private static async Task Clean(DbContext dbContext, RecordPartition partition, long logStart, Guid[] deadLetters,
        CancellationToken stoppingToken)
    {
        IQueryable<InboxState> gone = dbContext.Set<InboxState>().Where(row =>
            row.Topic == partition.Topic && row.Partition == partition.Partition && row.Position < logStart && !deadLetters.Contains(row.MessageId));

        while (await gone.MinAsync(row => row.Position, stoppingToken).ConfigureAwait(false) is { } first)
        {
            await using SqliteWriteTransaction transaction = await dbContext.BeginWriteTransactionAsync(stoppingToken).ConfigureAwait(false);
            await gone.Where(row => row.Position < first + OffsetsAtOnce).ExecuteDeleteAsync(stoppingToken).ConfigureAwait(false);
            await transaction.CommitAsync().ConfigureAwait(false);
        }
    }
}
