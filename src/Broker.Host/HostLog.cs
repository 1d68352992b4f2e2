namespace Broker.Host;

/// <summary>What the host itself has to say.</summary>
internal static partial class HostLog
{
    [LoggerMessage(1, LogLevel.Warning, "The HTTP port {Address} is open to other machines and asks nobody who they are, though Kafka clients are asked: whoever reaches it may do everything.")]
    public static partial void OpenBesideRestrictedClients(this ILogger logger, string address);

    [LoggerMessage(2, LogLevel.Error, "{Method} {Path} over HTTP failed.")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(3, LogLevel.Warning, "These settings are not known and change nothing: {Settings}.")]
    public static partial void ForeignSettings(this ILogger logger, string settings);
}
