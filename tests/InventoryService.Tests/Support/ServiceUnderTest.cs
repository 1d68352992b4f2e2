using System.Collections.Immutable;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceTests;

public sealed record Published(object Message, long? Version, Guid? CorrelationId, Guid? MessageId);

/// <summary>
/// A whole service on a free port with its own database file, over an in-memory bus in place of the broker, and an ear on
/// that bus which hears duplicates too.
/// </summary>
public sealed class ServiceUnderTest : IAsyncDisposable
{
    /// <summary>Only a way to fail: nothing waits this long when it works.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("service-");
    private readonly Lock _lock = new();
    private readonly List<(Func<ImmutableList<Published>, bool> Condition, TaskCompletionSource Reached)> _waiters = [];
    private WebApplication _app = null!;

    public delegate WebApplication Builder(string[] args, Action<IBusRegistrationConfigurator, IConfiguration> transport);

    public ImmutableList<Published> Events { get; private set; } = [];

    public HttpClient Http { get; private set; } = null!;

    public IEnumerable<T> Of<T>() => Events.Select(published => published.Message).OfType<T>();

    /// <param name="concurrency">Deliveries at once per endpoint. With 1, what was published later is handled later.</param>
    public static async Task<ServiceUnderTest> StartAsync(
        Builder build, Action<ServiceUnderTest, IReceiveEndpointConfigurator> hear, int concurrency = 1, params string[] settings)
    {
        var service = new ServiceUnderTest();
        string[] args =
        [
            "--urls", "http://127.0.0.1:0",
            "--environment", "Development",
            $"--ConnectionStrings:database=Data Source={Path.Combine(service._directory.FullName, "service.db")}",
            .. settings,
        ];
        service._app = build(args, (bus, _) => bus.UsingInMemory((context, cfg) =>
        {
            cfg.ConcurrentMessageLimit = concurrency;
            cfg.ReceiveEndpoint("ear", endpoint =>
            {
                endpoint.ConcurrentMessageLimit = 1;
                hear(service, endpoint);
            });
            cfg.ConfigureEndpoints(context);
        }));
        await service._app.StartAsync();
        string address = service._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        service.Http = new HttpClient { BaseAddress = new Uri(address) };

        return service;
    }

    public Task Hear<T>(ConsumeContext<T> context)
        where T : class
    {
        long? version = context.Headers.Get<long>("aggregate-version");
        lock (_lock)
        {
            Events = Events.Add(new Published(context.Message, version, context.CorrelationId, context.MessageId));
            foreach (var (condition, reached) in _waiters)
            {
                if (condition(Events))
                    reached.TrySetResult();
            }
        }

        return Task.CompletedTask;
    }

    public Task Publish(object message, Guid? messageId = null) =>
        _app.Services.GetRequiredService<IBus>().Publish(message, context => context.MessageId = messageId ?? context.MessageId);

    /// <summary>Until that many messages of the type were heard.</summary>
    public Task Heard<T>(int count = 1) => Until(events => events.Count(published => published.Message is T) >= count);

    public Task Until(Func<ImmutableList<Published>, bool> condition)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (condition(Events))
                return Task.CompletedTask;

            _waiters.Add((condition, reached));
        }

        return reached.Task.WaitAsync(Deadline);
    }

    /// <summary>For what no message tells: looks at the database until it is so.</summary>
    public async Task Until<TDbContext>(Func<TDbContext, bool> condition)
        where TDbContext : DbContext
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!Read(condition))
            await again.WaitForNextTickAsync(deadline.Token);
    }

    public T Read<TDbContext, T>(Func<TDbContext, T> query)
        where TDbContext : DbContext
    {
        using IServiceScope scope = _app.Services.CreateScope();

        return query(scope.ServiceProvider.GetRequiredService<TDbContext>());
    }

    public bool Read<TDbContext>(Func<TDbContext, bool> query)
        where TDbContext : DbContext => Read<TDbContext, bool>(query);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        // Disposal alone waits for no background service, and one would still have the file open.
        await _app.StopAsync();
        await _app.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }
}
