using Microsoft.Extensions.Logging;

namespace MassTransit.SqliteOutbox;

internal static partial class RelayLog
{
    [LoggerMessage(1, LogLevel.Warning, "Outbox row {SequenceNumber} (message {MessageId}) was not accepted by {Destination}; it stays and is sent again")]
    public static partial void SendFailed(ILogger logger, Exception exception, long sequenceNumber, Guid messageId, Uri destination);

    [LoggerMessage(2, LogLevel.Error, "The outbox of {Database} could not be read or cleaned; trying again")]
    public static partial void RoundFailed(ILogger logger, Exception exception, string database);
}
