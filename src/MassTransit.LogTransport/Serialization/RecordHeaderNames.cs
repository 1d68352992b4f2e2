namespace MassTransit.LogTransport.Serialization;

/// <summary>
/// The record headers that hold what an envelope would hold. Every other header of a record belongs to the application or, with the
/// prefix <c>MT-</c>, to MassTransit's features.
/// </summary>
internal static class RecordHeaderNames
{
    public const string MessageId = "message-id";
    public const string MessageType = "message-type";
    public const string CorrelationId = "correlation-id";
    public const string CausationId = "causation-id";
    public const string ConversationId = "conversation-id";
    public const string InitiatorId = "initiator-id";
    public const string RequestId = "request-id";
    public const string SourceAddress = "source-address";
    public const string DestinationAddress = "destination-address";
    public const string ResponseAddress = "response-address";
    public const string FaultAddress = "fault-address";
    public const string ContentType = "content-type";
    public const string ProducedAt = "produced-at";
    public const string Producer = "producer";
    public const string TraceParent = "traceparent";
    public const string TraceState = "tracestate";

    /// <summary>The urns of the message's type and of those it implements, joined by <c>;</c>.</summary>
    public const string Types = "mt-types";

    /// <summary>The topics of one published message when there is more than one, joined by <c>;</c>, in an order all copies share.</summary>
    public const string Topics = "mt-topics";

    /// <summary>When the message is of no use any more.</summary>
    public const string Expires = "mt-expires";

    /// <summary>On the schedule's topic: when the message is due.</summary>
    public const string DeliverAt = "mt-deliver-at";

    /// <summary>On the schedule's topic: the topics it is delivered to, by their names on the broker, joined by <c>;</c>.</summary>
    public const string DeliverTo = "mt-deliver-to";

    /// <summary>On the schedule's topic: the key of the delivered record; absent when it has none.</summary>
    public const string DeliverKey = "mt-deliver-key";

    /// <summary>On a record that takes a delivered message off the schedule: the offset of the message, since a later one may wait under the same token.</summary>
    public const string Delivered = "mt-delivered";

    public const char ListSeparator = ';';

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        MessageId, MessageType, CorrelationId, CausationId, ConversationId, InitiatorId, RequestId, SourceAddress, DestinationAddress,
        ResponseAddress, FaultAddress, ContentType, ProducedAt, Producer, TraceParent, TraceState, Types, Topics, Expires,
        DeliverAt, DeliverTo, DeliverKey, Delivered,
    };

    /// <summary>Set by applications, and true of one event: its number for its key, its shape's version, the request it answers.</summary>
    private static readonly HashSet<string> OfOneEvent = new(StringComparer.OrdinalIgnoreCase)
    {
        "aggregate-version", "message-version", "idempotency-key",
    };

    /// <summary>The names under which MassTransit asks for the same things.</summary>
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        [MessageHeaders.MessageId] = MessageId,
        [MessageHeaders.CorrelationId] = CorrelationId,
        [MessageHeaders.ConversationId] = ConversationId,
        [MessageHeaders.InitiatorId] = InitiatorId,
        [MessageHeaders.RequestId] = RequestId,
        [MessageHeaders.SourceAddress] = SourceAddress,
        [MessageHeaders.ResponseAddress] = ResponseAddress,
        [MessageHeaders.FaultAddress] = FaultAddress,
        [MessageHeaders.MessageType] = Types,
        [MessageHeaders.ContentType] = ContentType,
        [Logging.DiagnosticHeaders.ActivityId] = TraceParent,
    };

    public static bool IsEnvelope(string name) => Names.Contains(name);

    /// <summary>True for a header of the application that says something about its own record only.</summary>
    public static bool IsOfOneEvent(string name) => OfOneEvent.Contains(name);

    /// <summary>True for a header that a message sent because of this one must not take over.</summary>
    public static bool IsOfThisMessageOnly(string name)
    {
        return Names.Contains(name) || Aliases.ContainsKey(name) || name.StartsWith("MT-", StringComparison.Ordinal)
            || name.StartsWith("dlq-", StringComparison.Ordinal);
    }

    public static string? AliasOf(string name) => Aliases.GetValueOrDefault(name);
}
