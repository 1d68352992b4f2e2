using Microsoft.Extensions.DependencyInjection;

namespace AppHost;

public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        try
        {
            var builder = DistributedApplication.CreateBuilder(args);
            builder.AddReferenceSolution();
            builder.Services.AddHostedService<StartupSummary>();
            await using var app = builder.Build();
            await app.RunAsync();
            return 0;
        }
        catch (DistributedApplicationException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    /// <summary>The deployment diagram: every process, where it listens, what it needs, and whom it waits for.</summary>
    public static void AddReferenceSolution(this IDistributedApplicationBuilder builder)
    {
        var settings = new Settings(builder);

        var bus = builder.AddBus<Projects.Broker_Host>(settings, "broker", "bus");

        var paymentGateway = builder.AddProject<Projects.PaymentGateway>("payment-gateway")
            .WithEndpoint("http", http => http.Port = settings.Port("payment-gateway:port", 5104))
            .WithEnvironment("Gateway__Journal", settings.DataPath("payment-gateway.jsonl"))
            .WithHttpHealthCheck("/health");

        builder.AddProject<Projects.OrderService>("order-service")
            .WithEndpoint("http", http => http.Port = settings.Port("order-service:port", 5101))
            .WithEnvironment("ConnectionStrings__database", settings.Database("order-service"))
            .WithBus(bus)
            .WithReference(paymentGateway).WaitFor(paymentGateway)
            .WithHttpHealthCheck("/health");

        builder.AddProject<Projects.InventoryService>("inventory-service")
            .WithEndpoint("http", http => http.Port = settings.Port("inventory-service:port", 5102))
            .WithEnvironment("ConnectionStrings__database", settings.Database("inventory-service"))
            .WithBus(bus)
            .WithHttpHealthCheck("/health");

        builder.AddProject<Projects.NotificationService>("notification-service")
            .WithEndpoint("http", http => http.Port = settings.Port("notification-service:port", 5103))
            .WithEnvironment("ConnectionStrings__database", settings.Database("notification-service"))
            .WithBus(bus)
            .WithHttpHealthCheck("/health");
    }
}
