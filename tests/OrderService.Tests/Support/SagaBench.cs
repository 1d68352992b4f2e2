using Contracts;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace OrderService.Tests.Support;

/// <summary>The order's saga alone, over an in-memory bus and a SQLite file. The test plays inventory, payments, customer and clock.</summary>
internal sealed class SagaBench : IAsyncDisposable
{
    public const long Total = 4200;
    public static readonly OrderOptions Options = new();

    private readonly IHost _host;
    private readonly string _folder;

    private SagaBench(IHost host, string folder, Spy spy, FakeTimeProvider clock)
    {
        _host = host;
        _folder = folder;
        Spy = spy;
        Clock = clock;
    }

    public Spy Spy { get; }

    public FakeTimeProvider Clock { get; }

    public DateTimeOffset Now => Clock.GetUtcNow();

    private IBus Bus => _host.Services.GetRequiredService<IBus>();

    public static async Task<SagaBench> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("saga-").FullName;
        var spy = new Spy();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(Microsoft.Extensions.Options.Options.Create(Options));
        builder.Services.AddDbContext<OrdersDbContext>(options => options.UseSqlite($"Data Source={Path.Combine(folder, "orders.db")}"));
        builder.Services.AddHostedService<DeadlineService>();
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddOrderSaga();
            bus.UsingInMemory((context, memory) =>
            {
                memory.ReceiveEndpoint("spy", spy.Listen);
                memory.ConfigureEndpoints(context);
            });
        });
        var host = builder.Build();
        host.Services.CreateSqliteDatabase<OrdersDbContext>();
        await host.StartAsync();
        return new SagaBench(host, folder, spy, clock);
    }

    /// <summary>An order as POST leaves it, without the event.</summary>
    public async Task<Guid> SubmittedOrder()
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<OrdersDbContext>();
        var order = new Order
        {
            CorrelationId = Guid.NewGuid(),
            CustomerId = "ada",
            Lines = [new OrderLine("SKU", 1, Total)],
            TotalMinor = Total,
            Currency = "EUR",
            PaymentToken = "tok_ok",
            Channel = "web",
            CreatedAt = Now,
            ChangedAt = Now,
            WaitingFor = OrderWait.Stock,
            Deadline = Now + Options.StockAnswer,
            OrdersSequence = 1
        };
        database.Add(order);
        await database.SaveChangesAsync();
        return order.CorrelationId;
    }

    public async Task<Guid> AwaitingPayment()
    {
        var order = await SubmittedOrder();
        await Reserved(order);
        await Spy.Hears<PaymentRequested>(m => m.OrderId == order);
        return order;
    }

    public async Task<Guid> Capturing()
    {
        var order = await AwaitingPayment();
        await Authorized(order);
        await Spy.Hears<PaymentCaptureRequested>(m => m.OrderId == order);
        return order;
    }

    public async Task<Guid> Confirmed()
    {
        var order = await Capturing();
        await Captured(order);
        await Spy.Hears<OrderConfirmed>(m => m.OrderId == order);
        return order;
    }

    public async Task<Guid> Cancelled(Func<SagaBench, Task<Guid>> from)
    {
        var order = await from(this);
        await Cancel(order);
        await Spy.Hears<OrderCancelled>(m => m.OrderId == order);
        return order;
    }

    public Task Reserved(Guid order) => Bus.Publish(new StockReserved(order, Now, Guid.NewGuid(), [new StockLine("SKU", 1)]));

    public Task Short(Guid order) => Bus.Publish(new StockRejected(order, Now, [new StockShortage("SKU", 1, 0)]));

    public Task Committed(Guid order) => Bus.Publish(new StockCommitted(order, Now, Guid.NewGuid(), []));

    public Task Released(Guid order) => Bus.Publish(new StockReleased(order, Now, Guid.NewGuid(), [], UndoCause.OrderCancelled));

    public Task Authorized(Guid order, Guid? payment = null) => Pay(2, new PaymentAuthorized(order, Now, payment ?? PaymentOf(order), "AUT-1", 1, 5));

    public Task Declined(Guid order) => Pay(2, new PaymentDeclined(order, Now, PaymentOf(order), "card_declined", 1));

    public Task Deferred(Guid order) => Pay(2, new PaymentDeferred(order, Now, PaymentOf(order), PaymentDeferral.CircuitOpen, Now));

    public Task Captured(Guid order, long amount = Total) => Pay(4, new PaymentCaptured(order, Now, PaymentOf(order), amount, "EUR", "CAP-1"));

    public Task CaptureFailed(Guid order) => Pay(4, new PaymentCaptureFailed(order, Now, PaymentOf(order), "capture_refused"));

    public Task Voided(Guid order) => Pay(5, new PaymentVoided(order, Now, PaymentOf(order), UndoCause.OrderCancelled));

    public async Task Deadline(Guid order, OrderWait waitingFor)
    {
        var saga = await Bus.GetSendEndpoint(new Uri("queue:order-saga"));
        await saga.Send(new DeadlineReached(order, waitingFor, Now));
    }

    /// <returns><see cref="CancelOrderAccepted"/> or <see cref="CancelOrderRefused"/>.</returns>
    public async Task<object> Cancel(Guid order)
    {
        var client = Bus.CreateRequestClient<CancelOrder>(new Uri("queue:order-saga"), RequestTimeout.After(s: 30));
        Response response = await client.GetResponse<CancelOrderAccepted, CancelOrderRefused>(new CancelOrder(order, "ada", "changed my mind"));
        return response.Message;
    }

    public async Task<Order> Row(Guid order)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<OrdersDbContext>().Orders.AsNoTracking().SingleAsync(o => o.CorrelationId == order);
    }

    public Task<Order> Becomes(Guid order, Func<Order, bool> condition) =>
        Eventually.Gets(
            async () =>
            {
                var row = await Row(order);
                return condition(row) ? row : null;
            },
            $"the condition on order {order}");

    /// <summary>Moves the clock, and makes a round trip to the database so that the clock does not outrun the work.</summary>
    public async Task Pass(TimeSpan time)
    {
        Clock.Advance(time);
        await using var scope = _host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OrdersDbContext>().Orders.CountAsync();
    }

    /// <summary>The inputs that changed nothing, once there is one.</summary>
    public async Task<IgnoredInput> Ignores(Guid order) => (await Becomes(order, row => row.Ignored.Count > 0)).Ignored.Single();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private Guid PaymentOf(Guid order) => Spy.Of<PaymentRequested>().Single(m => m.OrderId == order).PaymentId;

    private Task Pay<T>(long version, T message)
        where T : class => Bus.Publish(message, publish => publish.Headers.Set(MessageHeaders.AggregateVersion, version));
}
