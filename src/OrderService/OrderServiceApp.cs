using System.Text.Json.Serialization;
using MassTransit;
using OrderService.Payments;

namespace OrderService;

public static class OrderServiceApp
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null) =>
        Build(args, OrderMessaging.UseLog, configure);

    internal static WebApplication Build(
        string[] args, Action<IBusRegistrationConfigurator, IConfiguration> transport, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.AddProblems();
        builder.Services.AddOpenApi();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddOptions<OrderOptions>()
            .BindConfiguration(OrderOptions.Section)
            .Validate(OrderOptions.IsUsable, "Orders: every time span must be positive")
            .ValidateOnStart();
        builder.AddOrderDatabase();
        builder.AddPaymentsModule();
        builder.Services.AddScoped<PlaceOrder>();
        builder.Services.AddScoped<CancelOrderOverBus>();
        builder.Services.AddHostedService<DeadlineService>();
        builder.Services.AddOrderMessaging(builder.Configuration, transport);
        builder.Services.AddHostedService<OrderRehearsal>();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.Services.CreateSqliteDatabase<OrdersDbContext>();
        app.Services.CreateSqliteDatabase<PaymentsDbContext>();
        app.UseProblems();
        app.MapOpenApi();
        app.MapDefaultEndpoints();
        app.MapOrders();
        return app;
    }
}
