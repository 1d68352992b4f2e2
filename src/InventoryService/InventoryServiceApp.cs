using MassTransit;

namespace InventoryService;

/// <summary>Knows what is on the shelves and for whom it is set aside.</summary>
public static class InventoryServiceApp
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null) =>
        Build(args, InventoryMessaging.UseLog, configure);

    internal static WebApplication Build(
        string[] args, Action<IBusRegistrationConfigurator, IConfiguration> transport, Action<WebApplicationBuilder>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.AddProblems();
        builder.Services.AddOpenApi();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddInventoryDatabase();
        builder.Services.AddScoped<StockLevels>();
        builder.Services.AddScoped<Reservations>();
        // Before the bus: no order may find empty shelves.
        builder.Services.AddHostedService<StockSeed>();
        builder.Services.AddInventoryMessaging(builder.Configuration, transport);
        builder.Services.AddHostedService<ReservationRehearsal>();
        configure?.Invoke(builder);

        WebApplication app = builder.Build();
        app.Services.CreateSqliteDatabase<InventoryDbContext>();
        app.UseProblems();
        app.MapOpenApi();
        app.MapDefaultEndpoints();
        app.MapStock();

        return app;
    }
}
