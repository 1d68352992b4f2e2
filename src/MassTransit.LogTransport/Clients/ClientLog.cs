using Confluent.Kafka;
using MassTransit.Logging;

namespace MassTransit.LogTransport.Clients;

/// <summary>What the native clients say, in the bus' log; without a handler they write to standard error.</summary>
internal static class ClientLog
{
    /// <summary>What failed with a connection; null for a message about something else.</summary>
    public static Error? Failure(LogMessage message)
    {
        if (message.Facility != "FAIL")
            return null;

        // "[thrd:localhost:9092/bootstrap]: localhost:9092/bootstrap: Disconnected: …": which thread it was is of no use to anybody.
        var parts = message.Message.Split("]: ", 2);

        return new Error(ErrorCode.Local_Fail, parts[^1]);
    }

    public static void Write(ILogContext? log, LogMessage message)
    {
        var writer = message.Level switch
        {
            <= SyslogLevel.Critical => log?.Critical,
            SyslogLevel.Error => log?.Error,
            SyslogLevel.Warning => log?.Warning,
            SyslogLevel.Notice or SyslogLevel.Info => log?.Info,
            _ => log?.Debug,
        };

        // Refused connections are told once by the connection's state, not once per attempt.
        if (message.Facility is "FAIL" or "ERROR")
            writer = log?.Debug;

        writer?.Log("{Client} {Facility}: {Message}", message.Name, message.Facility, message.Message);
    }
}
