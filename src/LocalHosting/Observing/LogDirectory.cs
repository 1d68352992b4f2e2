namespace Aspire.Hosting.Observing;

/// <summary>Where log files are: <c>LocalHosting:LogDirectory</c> of the configuration, else <c>data/logs</c> in the app host's folder.</summary>
internal sealed class LogDirectory(IDistributedApplicationBuilder builder)
{
    public string FileOf(string resource) => Path.Combine(
        builder.Configuration["LocalHosting:LogDirectory"] ?? Path.Combine(builder.AppHostDirectory, "data", "logs"),
        $"{resource}.log");
}
