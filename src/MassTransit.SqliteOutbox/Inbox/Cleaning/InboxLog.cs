using Microsoft.Extensions.Logging;

namespace MassTransit.SqliteOutbox;

internal static partial class InboxLog
{
    [LoggerMessage(11, LogLevel.Error, "The inbox of {Database} could not be cleaned; trying again after the next interval")]
    public static partial void CleaningFailed(ILogger logger, Exception exception, string database);
}
