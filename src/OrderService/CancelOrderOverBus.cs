using MassTransit;
using Microsoft.Extensions.Options;

namespace OrderService;

/// <summary>Puts the question to the order's saga and waits for its answer, so that a cancellation takes its turn among the order's events.</summary>
internal sealed class CancelOrderOverBus(IBusControl bus, TimeProvider time, IOptions<OrderOptions> options)
{
    private static readonly Uri Saga = new($"queue:{OrderMessaging.SagaEndpoint}");

    /// <returns><see cref="CancelOrderAccepted"/>, <see cref="CancelOrderRefused"/>, or null when no answer came in time.</returns>
    public async Task<object?> Ask(CancelOrder request, CancellationToken cancellationToken)
    {
        // Before the bus has been connected once, making a request would block this thread until it is.
        if (bus.CheckHealth().Status != BusHealthStatus.Healthy)
        {
            return null;
        }

        var patience = options.Value.CancelAnswer;
        // The client's own limit starts when the request is sent; sending itself waits while the broker is away.
        using var limit = new CancellationTokenSource(patience, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var client = bus.CreateRequestClient<CancelOrder>(Saga, RequestTimeout.After(ms: (int)patience.TotalMilliseconds));
        var answer = client.GetResponse<CancelOrderAccepted, CancelOrderRefused>(request, end.Token);
        try
        {
            Response response = await answer.WaitAsync(end.Token);
            return response.Message;
        }
        catch (RequestException e) when (e is not RequestFaultException)
        {
            return null;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // A send that has begun is let go of by the transport in its own time; what it says then is of no use to anybody.
            _ = answer.ContinueWith(static late => late.Exception, TaskScheduler.Default);
            return null;
        }
    }
}
