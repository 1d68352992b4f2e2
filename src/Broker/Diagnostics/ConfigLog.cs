using Broker.Configuration;
using Microsoft.Extensions.Logging;

namespace Broker.Diagnostics;

/// <summary>Log messages about settings.</summary>
internal static partial class ConfigLog
{
    [LoggerMessage(30, LogLevel.Information, "Settings of {Type} {Name} changed: {Change}.")]
    public static partial void ConfigsChanged(this ILogger logger, ConfigResourceType type, string name, ConfigChange change);

    [LoggerMessage(31, LogLevel.Warning, "These settings change nothing: {Settings}. This broker has no pools of threads and is a cluster of one, its own controller.")]
    public static partial void SettingsWithoutEffect(this ILogger logger, string settings);
}
