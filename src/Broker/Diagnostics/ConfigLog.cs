using Broker.Configuration;
using Microsoft.Extensions.Logging;

namespace Broker.Diagnostics;

/// <summary>Log messages about settings.</summary>
internal static partial class ConfigLog
{
    [LoggerMessage(30, LogLevel.Information, "Settings of {Type} {Name} changed: {Change}.")]
    public static partial void ConfigsChanged(this ILogger logger, ConfigResourceType type, string name, ConfigChange change);
}
