using MassTransit;
using Microsoft.EntityFrameworkCore;
using Polly.Telemetry;

namespace OrderService.Payments;

/// <summary>
/// The payment processor: a consumer group, a database file and contracts of its own. It shares a process with the orders and meets them
/// over topics only, so it can move out without either side noticing.
/// </summary>
internal static class PaymentsModule
{
    public const string Endpoint = "payment-processor";

    private static readonly Uri Gateway = new("http://payment-gateway");

    /// <summary>For a body that never ends: the pipeline's timeouts are over once the headers are there.</summary>
    private static readonly TimeSpan ClientTimeout = GatewayResilience.TotalTimeout + TimeSpan.FromSeconds(2);

    public static void AddPaymentsModule(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CommitSignal>();
        builder.Services.AddDbContext<PaymentsDbContext>((services, options) => options
            .UseSqlite(ServiceDatabase.PaymentsConnection(builder.Configuration))
            .AddInterceptors(services.GetRequiredService<CommitSignal>()));
        builder.Services.AddScoped<PaymentInbox>();
        builder.Services.AddHostedService<GatewayCallService>();
        builder.Services.AddGateway();
    }

    public static IHttpClientBuilder AddGateway(this IServiceCollection services)
    {
        services.Configure<TelemetryOptions>(telemetry => telemetry.SeverityProvider = GatewayResilience.SeverityOf);
        services.AddTransient<GatewayCall>();
        services.AddTransient<AttemptCount.Handler>();
        var client = services.AddHttpClient<GatewayClient>(http =>
        {
            http.BaseAddress = Gateway;
            http.Timeout = ClientTimeout;
        });
#pragma warning disable EXTEXP0001 // The only way to leave out the handler that every client has by default; two pipelines would multiply retries.
        client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        client.AddResilienceHandler("payment-gateway", (pipeline, context) =>
            GatewayResilience.Configure(pipeline, context.ServiceProvider.GetRequiredService<TimeProvider>()));
        return client.AddHttpMessageHandler<AttemptCount.Handler>();
    }

    public static void AddPaymentProcessor(this IBusRegistrationConfigurator bus)
    {
        bus.AddSqliteOutbox<PaymentsDbContext>(outbox =>
        {
            outbox.BusOutbox = false;
            outbox.InboxFor = endpoint => endpoint == Endpoint;
        });
        bus.AddConsumer<PaymentRequestedConsumer>().Endpoint(e => e.Name = Endpoint);
        bus.AddConsumer<PaymentCaptureRequestedConsumer>().Endpoint(e => e.Name = Endpoint);
        bus.AddConsumer<OrderEndedConsumer>().Endpoint(e => e.Name = Endpoint);
        bus.AddConsumer<GatewayAnsweredConsumer>().Endpoint(e => e.Name = Endpoint);
    }
}
