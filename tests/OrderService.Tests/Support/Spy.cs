using Contracts;
using MassTransit;

namespace OrderService.Tests.Support;

/// <summary>Hears every event of orders and payments, in the order in which the bus delivers them.</summary>
internal sealed class Spy
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly List<Heard> _heard = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public sealed record Heard(object Message, Guid? MessageId, long? AggregateVersion, string? IdempotencyKey);

    public IReadOnlyList<Heard> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _heard];
            }
        }
    }

    public void Listen(IReceiveEndpointConfigurator endpoint)
    {
        endpoint.ConcurrentMessageLimit = 1;
        On<OrderSubmitted>(endpoint);
        On<OrderAwaitingPayment>(endpoint);
        On<OrderConfirmed>(endpoint);
        On<OrderRejected>(endpoint);
        On<OrderCancelled>(endpoint);
        On<OrderExpired>(endpoint);
        On<OrderCancellationRefused>(endpoint);
        On<OrderSettled>(endpoint);
        On<PaymentRequested>(endpoint);
        On<PaymentAuthorized>(endpoint);
        On<PaymentDeclined>(endpoint);
        On<PaymentDeferred>(endpoint);
        On<PaymentCaptureRequested>(endpoint);
        On<PaymentCaptured>(endpoint);
        On<PaymentCaptureFailed>(endpoint);
        On<PaymentVoided>(endpoint);
    }

    public IReadOnlyList<T> Of<T>() => [.. All.Select(h => h.Message).OfType<T>()];

    /// <summary>The first message of that type that satisfies, already heard or to come.</summary>
    /// <param name="whileWaiting">Moves the clock a little and makes a round trip, so that the clock does not outrun the work.</param>
    public async Task<T> Hears<T>(Func<T, bool>? condition = null, Func<Task>? whileWaiting = null)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            Task more;
            lock (_lock)
            {
                if (_heard.Select(h => h.Message).OfType<T>().FirstOrDefault(condition ?? (_ => true)) is { } message)
                {
                    return message;
                }

                more = _more.Task;
            }

            try
            {
                if (whileWaiting is null)
                {
                    await more.WaitAsync(limit.Token);
                }
                else
                {
                    await whileWaiting();
                    limit.Token.ThrowIfCancellationRequested();
                }
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{typeof(T).Name} was not heard within {Limit}; heard were {string.Join(", ", All.Select(h => h.Message))}");
            }
        }
    }

    private void On<T>(IReceiveEndpointConfigurator endpoint)
        where T : class =>
        endpoint.Handler<T>(context =>
        {
            lock (_lock)
            {
                _heard.Add(new Heard(
                    context.Message,
                    context.MessageId,
                    context.Headers.Get<long>(MessageHeaders.AggregateVersion),
                    context.Headers.Get<string>(MessageHeaders.IdempotencyKey)));
                _more.TrySetResult();
                _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return Task.CompletedTask;
        });
}
