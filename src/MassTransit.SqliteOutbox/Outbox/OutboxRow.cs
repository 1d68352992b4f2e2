using System.Diagnostics;
using MassTransit.Context;
using MassTransit.Serialization;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.SqliteOutbox;

/// <summary>Turns a message about to be sent into a row, on the context of the effect.</summary>
internal static class OutboxRow
{
    private const string ActivityIdHeader = "MT-Activity-Id";
    private const string DelayProperty = "Delay";

    /// <summary>Written by a transport that keeps delayed messages itself, and can cancel them.</summary>
    private const string DeliverAtProperty = "DeliverAt";

    public static void Add<T>(DbContext dbContext, SendContext<T> context, TimeProvider time)
        where T : class
    {
        OutboxMessage row = From(context, time.GetUtcNow().UtcDateTime);

        // Consumers may publish in parallel; a context allows one caller at a time.
        lock (dbContext)
        {
            dbContext.Add(row);
            PendingRows.Added(dbContext, row.Lane);
        }
    }

    private static OutboxMessage From<T>(SendContext<T> context, DateTime now)
        where T : class
    {
        Uri destination = context.DestinationAddress ??
            throw new MessageException(typeof(T), "A message without a destination address cannot go through the outbox.");

        // The relay runs outside the caller's activity: without this the trace would end here.
        if (Activity.Current?.Id is { } activityId && !context.Headers.TryGetHeader(ActivityIdHeader, out _))
            context.Headers.Set(ActivityIdHeader, activityId);

        Dictionary<string, object> properties = PropertiesOf(context);
        bool waitsHere = context.Delay.HasValue && !properties.ContainsKey(DeliverAtProperty);

        return new OutboxMessage
        {
            // A cancellation is keyed by its token: in the lane of what it cancels it cannot overtake it.
            Lane = (context.Delay.HasValue ? context.ScheduledMessageId?.ToString("D") : null) ?? PartitionKey(context) ?? destination.AbsoluteUri,
            MessageId = context.MessageId ?? throw new MessageException(typeof(T), "A message without id cannot go through the outbox."),
            ConversationId = context.ConversationId,
            CorrelationId = context.CorrelationId,
            InitiatorId = context.InitiatorId,
            RequestId = context.RequestId,
            SourceAddress = context.SourceAddress,
            DestinationAddress = destination,
            ResponseAddress = context.ResponseAddress,
            FaultAddress = context.FaultAddress,
            SentTime = context.SentTime ?? now,
            EnqueueTime = waitsHere ? now + context.Delay : null,
            ExpirationTime = now + context.TimeToLive,
            Headers = SystemTextJsonMessageSerializer.Instance.SerializeDictionary(context.Headers.GetAll()),
            Properties = SystemTextJsonMessageSerializer.Instance.SerializeDictionary(properties),
            ContentType = (context.ContentType ?? context.Serialization.DefaultContentType).ToString(),
            MessageType = string.Join(';', context.SupportedMessageTypes),
            Body = context.Serializer.GetMessageBody(context).GetString(),
        };
    }

    private static string? PartitionKey(SendContext context) =>
        context.TryGetPayload(out PartitionKeySendContext? keyed) && !string.IsNullOrEmpty(keyed.PartitionKey) ? keyed.PartitionKey : null;

    private static Dictionary<string, object> PropertiesOf<T>(SendContext<T> context)
        where T : class
    {
        var properties = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        if (context is TransportSendContext<T> transport)
            transport.WritePropertiesTo(properties);

        // When the row itself waits until it is due, the transport must not wait a second time.
        if (!properties.ContainsKey(DeliverAtProperty))
            properties.Remove(DelayProperty);

        return properties;
    }
}
