using System.Text.Json.Serialization;
using MassTransit;

namespace NotificationService;

/// <summary>Tells customers what became of their orders, once per milestone.</summary>
public static class NotificationServiceApp
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null) =>
        Build(args, NotificationMessaging.UseLog, configure);

    internal static WebApplication Build(
        string[] args, Action<IBusRegistrationConfigurator, IConfiguration> transport, Action<WebApplicationBuilder>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.AddProblems();
        builder.Services.AddOpenApi();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddNotificationDatabase();
        builder.Services.AddSingleton<LogSender>();
        builder.Services.AddScoped<Milestones>();
        builder.Services.AddNotificationMessaging(builder.Configuration, transport);
        configure?.Invoke(builder);

        WebApplication app = builder.Build();
        app.Services.CreateSqliteDatabase<NotificationDbContext>();
        app.UseProblems();
        app.MapOpenApi();
        app.MapDefaultEndpoints();
        app.MapNotifications();

        return app;
    }
}
