using System.Diagnostics;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace OrderService.Payments;

/// <summary>
/// Calls the gateway for every payment whose row says so: new ones at once, deferred ones when their time has come, those of a process
/// that died when their lease has run out. The row is saved before a call and no transaction is open during it; the result goes to
/// the module's own endpoint. A result that gets lost is asked for again under the same idempotency key.
/// </summary>
internal sealed partial class GatewayCallService(
    IServiceScopeFactory scopes, CommitSignal signal, IBus bus, TimeProvider time, ILogger<GatewayCallService> logger) : BackgroundService
{
    private const int MostAtOnce = 16;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly ActivitySource Activities = new("OrderService");
    private static readonly Uri Processor = new($"queue:{PaymentsModule.Endpoint}");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new Dictionary<Guid, Task>();
        await using var ticks = time.CreateTimer(_ => signal.Pulse(), null, TimeSpan.Zero, Interval);
        try
        {
            while (await signal.WaitAsync(stoppingToken))
            {
                foreach (var done in running.Where(call => call.Value.IsCompleted).Select(call => call.Key).ToList())
                {
                    running.Remove(done);
                }

                foreach (var orderId in await FindDue(MostAtOnce, stoppingToken))
                {
                    if (running.Count < MostAtOnce && !running.ContainsKey(orderId))
                    {
                        running.Add(orderId, CallFor(orderId, stoppingToken));
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            await Task.WhenAll(running.Values);
        }
    }

    private async Task<List<Guid>> FindDue(int most, CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<PaymentsDbContext>().Payments
            .Where(p => p.CallAt != null && p.CallAt <= now)
            .OrderBy(p => p.CallAt)
            .Take(most)
            .Select(p => p.OrderId)
            .ToListAsync(stoppingToken);
    }

    private async Task CallFor(Guid orderId, CancellationToken stoppingToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            if (await Start(scope.ServiceProvider.GetRequiredService<PaymentsDbContext>(), orderId, stoppingToken) is not var (payment, operation))
            {
                return;
            }

            using var activity = Activities.StartActivity($"gateway {operation}", ActivityKind.Internal, payment.TraceParent);
            activity?.SetTag("order.id", orderId);
            var answer = await scope.ServiceProvider.GetRequiredService<GatewayCall>().Run(payment, operation, stoppingToken);
            activity?.SetTag("gateway.attempts", answer.Attempts);
            if (answer.Deferral is { } deferral)
            {
                LogPutOff(logger, operation, orderId, answer.RetryAt!.Value, deferral);
            }

            var processor = await bus.GetSendEndpoint(Processor);
            await processor.Send(answer, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await BreakOff(orderId);
        }
        catch (Exception e)
        {
            // The row keeps its lease; the call is made again when that has run out.
            LogCallFailed(logger, orderId, Payment.CallLease, e);
        }
        finally
        {
            signal.Pulse();
        }
    }

    private async Task<(Payment Payment, GatewayOperation Operation)?> Start(PaymentsDbContext database, Guid orderId, CancellationToken stoppingToken)
    {
        var payment = await database.Payments.SingleAsync(p => p.OrderId == orderId, stoppingToken);
        if (payment.TryStartCall(time.GetUtcNow()) is not { } operation)
        {
            return null;
        }

        try
        {
            await database.SaveChangesAsync(stoppingToken);
            return (payment, operation);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Somebody was faster: another instance, or an event that changed what is to be called. The next look tells.
            return null;
        }
    }

    private async Task BreakOff(Guid orderId)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<PaymentsDbContext>();
            var payment = await database.Payments.SingleAsync(p => p.OrderId == orderId, CancellationToken.None);
            payment.BreakOffCall(time.GetUtcNow());
            await database.SaveChangesAsync(CancellationToken.None);
        }
        catch (DbUpdateException e)
        {
            // The lease stays and does the same, later.
            LogCallFailed(logger, orderId, Payment.CallLease, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operation} for order {OrderId} is put off until {RetryAt:O}: {Deferral}")]
    private static partial void LogPutOff(
        ILogger logger, GatewayOperation operation, Guid orderId, DateTimeOffset retryAt, Contracts.PaymentDeferral deferral);

    [LoggerMessage(Level = LogLevel.Error, Message = "The gateway could not be called for order {OrderId}; again in {Lease}")]
    private static partial void LogCallFailed(ILogger logger, Guid orderId, TimeSpan lease, Exception exception);
}
