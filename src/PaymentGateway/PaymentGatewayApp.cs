using System.Text.Json.Serialization;

namespace PaymentGateway;

/// <summary>
/// A payment provider to be called over HTTP, as unreliable as it is told to be. It stands for somebody else's system: it shares no code
/// and no contracts with the services.
/// </summary>
public static class PaymentGatewayApp
{
    /// <summary>Path of the file that keeps the ledger over restarts; <c>data/payment-gateway.jsonl</c> unless configured.</summary>
    public const string JournalKey = "Gateway:Journal";

    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.AddProblems();
        builder.Services.AddOpenApi();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services =>
            Journal.Open(builder.Configuration[JournalKey] ?? Path.Combine("data", "payment-gateway.jsonl")));
        builder.Services.AddSingleton<Ledger>();
        builder.Services.AddSingleton<BehaviourSwitch>();
        builder.Services.AddSingleton<TokenScript>();
        builder.Services.AddSingleton<Turbulence>();
        builder.Services.AddScoped<OperationCall>();
        builder.Services.AddHttpContextAccessor();
        configure?.Invoke(builder);

        var app = builder.Build();
        // Now rather than at the first call: a ledger that cannot be opened must stop the start.
        app.Services.GetRequiredService<Ledger>();
        app.UseProblems();
        app.MapOpenApi();
        app.MapDefaultEndpoints();
        app.MapOperations();
        app.MapLedger();
        app.MapBehaviour();
        return app;
    }
}
