using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MassTransit.SqliteOutbox.Tests.Support;

/// <summary>One process of a service: host, in-memory bus, outbox on the given file, and a wire to look at.</summary>
public sealed class LedgerApp : IAsyncDisposable
{
    private readonly IHost _host;

    private LedgerApp(IHost host, Wire wire, Outage outage)
    {
        _host = host;
        Wire = wire;
        Outage = outage;
    }

    public Wire Wire { get; }
    public Outage Outage { get; }
    public IServiceProvider Services => _host.Services;
    public IBus Bus => Services.GetRequiredService<IBus>();

    public static async Task<LedgerApp> StartAsync(TestDatabase database, Action<IBusRegistrationConfigurator>? configure = null,
        Action<SqliteOutboxOptions>? options = null, TimeProvider? time = null, IInterceptor[]? interceptors = null, int concurrency = 4, string? bootstrapServers = null,
        bool listens = true, bool schedules = false)
    {
        var wire = new Wire();
        var outage = new Outage();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddDbContext<LedgerDbContext>(context =>
        {
            context.UseOutboxDatabase(database.ConnectionString);
            context.AddInterceptors(interceptors ?? []);
        });
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetKebabCaseEndpointNameFormatter();
            bus.AddSqliteOutbox<LedgerDbContext>(options);
            configure?.Invoke(bus);
            if (bootstrapServers is null)
            {
                bus.UsingInMemory((context, cfg) =>
                {
                    Configure(cfg);
                    if (schedules)
                        cfg.UseDelayedMessageScheduler();

                    cfg.ReceiveEndpoint("wire", Listen);
                    cfg.ConfigureEndpoints(context);
                });
            }
            else
            {
                bus.UsingLog((context, cfg) =>
                {
                    // A killed member's partitions are wanted back soon.
                    cfg.Host(bootstrapServers, host => host.ConsumerSetting("session.timeout.ms", "6000"));
                    cfg.StartFrom(StartPosition.Earliest);
                    cfg.UseLogMessageScheduler();
                    cfg.Topic("ledger", topic => topic.Partitions(6).Carries<Booked>(booked => booked.Text).Carries<Counted>(counted => counted.TallyId.ToString()));
                    Configure(cfg);
                    if (listens)
                        cfg.ReceiveEndpoint("wire", Listen);

                    cfg.ConfigureEndpoints(context);
                });
            }
        });

        IHost host = builder.Build();
        await host.StartAsync();

        return new LedgerApp(host, wire, outage);

        void Configure(IBusFactoryConfigurator cfg)
        {
            cfg.ConcurrentMessageLimit = concurrency;
            cfg.ConfigureSend(send => send.UseExecute(outage.Check));
        }

        void Listen(IReceiveEndpointConfigurator endpoint)
        {
            endpoint.ConcurrentMessageLimit = 1;
            endpoint.Handler<Booked>(message => Record(message, message.Message.Text));
            endpoint.Handler<Fault<Book>>(message => Record(message, $"fault of {message.Message.Message.Text}"));
            endpoint.Handler<Counted>(message => Record(message, $"{message.Message.Amount}"));
        }

        Task Record(ConsumeContext context, string text)
        {
            wire.Add(text, context);

            return Task.CompletedTask;
        }
    }

    /// <summary>What an HTTP handler does: a scope, work, one SaveChanges.</summary>
    public async Task Handle(Func<LedgerDbContext, IPublishEndpoint, Task> work)
    {
        await using AsyncServiceScope scope = Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<LedgerDbContext>(), scope.ServiceProvider.GetRequiredService<IPublishEndpoint>());
    }

    /// <summary>The same for a handler that schedules.</summary>
    public async Task Schedule(Func<LedgerDbContext, IMessageScheduler, Task> work)
    {
        await using AsyncServiceScope scope = Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<LedgerDbContext>(), scope.ServiceProvider.GetRequiredService<IMessageScheduler>());
    }

    public Task PublishAndSave(params string[] texts) => Handle(async (context, publish) =>
    {
        foreach (string text in texts)
            await publish.Publish(new Booked(text));

        await context.SaveChangesAsync();
    });

    public async Task Send<T>(string queue, T message, Guid? messageId = null)
        where T : class
    {
        ISendEndpoint endpoint = await Bus.GetSendEndpoint(new Uri($"queue:{queue}"));
        await endpoint.Send(message, context => context.MessageId = messageId ?? context.MessageId);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
