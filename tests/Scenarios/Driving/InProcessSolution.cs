using System.Net;
using Broker;
using InventoryService;
using MassTransit.LogTransport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using NotificationService;
using OrderService;
using PaymentGateway;

namespace Scenarios.Driving;

/// <summary>Broker, services and gateway in this process, each on a free port, with data in a folder of their own.</summary>
public sealed class InProcessSolution : ISolution, IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("scenario-").FullName;
    private readonly List<WebApplication> _apps = [];
    private BrokerServer? _broker;

    /// <summary>Set before the start: use these brokers and start none.</summary>
    public string? BrokersElsewhere { get; init; }

    public string BootstrapServers => BrokersElsewhere ?? _broker!.BootstrapServers;

    public Uri Orders { get; private set; } = null!;

    public Uri Inventory { get; private set; } = null!;

    public Uri Notifications { get; private set; } = null!;

    public Uri Gateway { get; private set; } = null!;

    public string DatabaseOf(string service) => Path.Combine(_data, $"{service}.db");

    public async ValueTask InitializeAsync()
    {
        NativeClient.Load();
        if (BrokersElsewhere is null)
        {
            _broker = await BrokerServer.StartAsync(new BrokerOptions { Listeners = "PLAINTEXT://127.0.0.1:0", LogDirs = Path.Combine(_data, "broker") });
        }

        Gateway = await StartAsync("payment-gateway", PaymentGatewayApp.Build);
        Inventory = await StartAsync("inventory-service", InventoryServiceApp.Build);
        Notifications = await StartAsync("notification-service", NotificationServiceApp.Build);
        Orders = await StartAsync("order-service", OrderServiceApp.Build);
        foreach (var app in new[] { Inventory, Notifications, Orders })
        {
            await HealthyAsync(app);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in Enumerable.Reverse(_apps))
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_data, recursive: true);
    }

    private async Task<Uri> StartAsync(string name, Func<string[], Action<WebApplicationBuilder>?, WebApplication> build)
    {
        var app = build(
            [
                "--environment=Development",
                "--urls=http://127.0.0.1:0",
                $"--ConnectionStrings:bus={BootstrapServers}",
                $"--ConnectionStrings:database=Data Source={DatabaseOf(name)}",
                $"--ConnectionStrings:payments=Data Source={DatabaseOf(name + "-payments")}",
                $"--services:payment-gateway:http:0={Gateway}",
                $"--Gateway:Journal={Path.Combine(_data, name + ".jsonl")}",
                "--Logging:LogLevel:Default=Warning",
            ],
            null);
        _apps.Add(app);
        await app.StartAsync();
        return new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    private static async Task HealthyAsync(Uri service)
    {
        using var http = new HttpClient { BaseAddress = service };
        await Eventually.Get(
            $"{service} healthy",
            async () =>
            {
                using var answer = await http.GetAsync("/health");
                return answer.StatusCode;
            },
            status => status == HttpStatusCode.OK);
    }
}
