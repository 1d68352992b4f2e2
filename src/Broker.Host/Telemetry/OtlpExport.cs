using Broker.Host.Http;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Broker.Host.Telemetry;

/// <summary>
/// Sends metrics and the log to a collector, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names one. All else is OpenTelemetry's own
/// variables: protocol, headers, interval, service name. Without an endpoint nothing of OpenTelemetry is even loaded.
/// </summary>
internal static class OtlpExport
{
    private const string ServiceName = "broker";

    public static bool IsAsked(System.Collections.IDictionary environment) =>
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] is string { Length: > 0 };

    /// <summary>Disposing sends what is left.</summary>
    public static IDisposable StartMetrics() => Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(Resource())
        .AddMeter(MetricsPage.Meters)
        .AddOtlpExporter()
        .Build();

    public static void AddLog(ILoggingBuilder logging) => logging.AddOpenTelemetry(log =>
    {
        log.IncludeFormattedMessage = true;
        log.SetResourceBuilder(Resource());
        log.AddOtlpExporter();
    });

    private static ResourceBuilder Resource() => ResourceBuilder.CreateDefault().AddService(ServiceName, serviceVersion: BrokerProcess.Version)
        .AddEnvironmentVariableDetector();
}
