using System.Net;
using Broker.Protocol;
using Microsoft.Extensions.Logging;

namespace Broker.Diagnostics;

/// <summary>A line for every request, as Kafka's request log: a category of its own, because nobody wants it by the way.</summary>
internal static partial class RequestLog
{
    public const string Category = "Broker.Requests";

    [LoggerMessage(70, LogLevel.Debug, "{Api} v{Version} from {Client} (client id {ClientId}, {Software}): {Milliseconds} ms.")]
    public static partial void Answered(
        this ILogger logger, ApiKey api, short version, EndPoint? client, string? clientId, string? software, double milliseconds);
}
