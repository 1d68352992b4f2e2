using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace OrderService;

/// <summary>
/// Tells orders whose deadline has passed. The deadline is on the order's row, so a restart forgets none; the order decides, so telling
/// it late or twice does no harm. It is told again every half minute for as long as it has not moved on.
/// </summary>
internal sealed partial class DeadlineService(IServiceScopeFactory scopes, IBus bus, TimeProvider time, ILogger<DeadlineService> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(30);
    private static readonly Uri Saga = new($"queue:{OrderMessaging.SagaEndpoint}");
    private const int MostAtOnce = 200;

    private readonly Dictionary<Guid, DateTimeOffset> _told = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TellDueOrders(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TellDueOrders(CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        var due = await FindDue(now, stoppingToken);
        foreach (var id in _told.Keys.Except(due.Select(d => d.OrderId)).ToList())
        {
            _told.Remove(id);
        }

        foreach (var deadline in due.Where(d => !_told.TryGetValue(d.OrderId, out var last) || now - last >= Again))
        {
            if (!await Tell(deadline, stoppingToken))
            {
                return;
            }

            _told[deadline.OrderId] = now;
        }
    }

    private async Task<List<DeadlineReached>> FindDue(DateTimeOffset now, CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<OrdersDbContext>().Orders
            .Where(o => o.Deadline != null && o.Deadline <= now)
            .OrderBy(o => o.Deadline)
            .Take(MostAtOnce)
            .Select(o => new DeadlineReached(o.CorrelationId, o.WaitingFor!.Value, o.Deadline!.Value))
            .ToListAsync(stoppingToken);
    }

    private async Task<bool> Tell(DeadlineReached deadline, CancellationToken stoppingToken)
    {
        try
        {
            var saga = await bus.GetSendEndpoint(Saga);
            await saga.Send(deadline, stoppingToken);
            return true;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // The row still says what is due; the next tick tries again.
            LogNotTold(logger, deadline.OrderId, e);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Order {OrderId} could not be told of its deadline")]
    private static partial void LogNotTold(ILogger logger, Guid orderId, Exception exception);
}
