using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MassTransit.Initializers.TypeConverters;
using MassTransit.Logging;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Serialization;
using KafkaHeaders = Confluent.Kafka.Headers;

namespace MassTransit.LogTransport.Sending;

/// <summary>Writes a message's envelope and its application's headers as headers of a record. Absent values are not written.</summary>
internal sealed class RecordHeaderWriter(LogHostSettings settings)
{
    private static readonly DateTimeTypeConverter DateTimes = new();
    private static readonly DateTimeOffsetTypeConverter DateTimeOffsets = new();
    private readonly byte[] _producer = Encoding.UTF8.GetBytes($"{settings.Application}@{Environment.MachineName}-{Environment.ProcessId}");

    public KafkaHeaders Write(SendContext context, ILogSendContext log)
    {
        var headers = new KafkaHeaders();

        Add(headers, RecordHeaderNames.MessageId, context.MessageId);

        if (context.SupportedMessageTypes is { Length: > 0 } types)
        {
            Add(headers, RecordHeaderNames.MessageType, MessageTypeNames.ShortName(types[0]));
            Add(headers, RecordHeaderNames.Types, string.Join(RecordHeaderNames.ListSeparator, types));
        }

        if (log.Topics is { Count: > 1 } topics)
            Add(headers, RecordHeaderNames.Topics, string.Join(RecordHeaderNames.ListSeparator, topics));

        Add(headers, RecordHeaderNames.CorrelationId, context.CorrelationId);
        Add(headers, RecordHeaderNames.CausationId, log.CausationId);
        Add(headers, RecordHeaderNames.ConversationId, context.ConversationId);
        Add(headers, RecordHeaderNames.InitiatorId, context.InitiatorId);
        Add(headers, RecordHeaderNames.RequestId, context.RequestId);
        Add(headers, RecordHeaderNames.SourceAddress, context.SourceAddress?.ToString());
        Add(headers, RecordHeaderNames.DestinationAddress, context.DestinationAddress?.ToString());
        Add(headers, RecordHeaderNames.ResponseAddress, context.ResponseAddress?.ToString());
        Add(headers, RecordHeaderNames.FaultAddress, context.FaultAddress?.ToString());
        Add(headers, RecordHeaderNames.ContentType, context.ContentType?.ToString());
        Add(headers, RecordHeaderNames.ProducedAt, Text(log.ProducedAt));
        headers.Add(RecordHeaderNames.Producer, _producer);

        if (context.TimeToLive is { } timeToLive)
            Add(headers, RecordHeaderNames.Expires, Text(settings.Time.GetUtcNow() + timeToLive));

        AddTrace(headers, context);

        foreach (var (name, value) in context.Headers.GetAll())
        {
            if (name != DiagnosticHeaders.ActivityId && !RecordHeaderNames.IsEnvelope(name))
                Add(headers, name, Text(value));
        }

        return headers;
    }

    /// <summary>The text of a header's value: lists and objects, which a record header cannot hold, as JSON.</summary>
    public static string? Text(object? value)
    {
        return value switch
        {
            null => null,
            string text => text,
            DateTimeOffset time => DateTimeOffsets.TryConvert(time, out string text) ? text : null,
            DateTime time => DateTimes.TryConvert(time, out string text) ? text : null,
            Uri uri => uri.ToString(),
            bool flag => flag ? bool.TrueString : bool.FalseString,
            IFormattable formattable when value.GetType().IsValueType => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => JsonSerializer.Serialize(value, PlainJson.Options),
        };
    }

    private static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static void AddTrace(KafkaHeaders headers, SendContext context)
    {
        // MassTransit's own span when somebody listens to it, else whatever activity the application is in.
        var parent = context.Headers.TryGetHeader(DiagnosticHeaders.ActivityId, out var value) ? value as string : null;
        var activity = Activity.Current;

        if (parent == null && activity?.IdFormat == ActivityIdFormat.W3C)
            parent = activity.Id;

        Add(headers, RecordHeaderNames.TraceParent, parent);

        if (parent != null)
            Add(headers, RecordHeaderNames.TraceState, string.IsNullOrEmpty(activity?.TraceStateString) ? null : activity.TraceStateString);
    }

    private static void Add(KafkaHeaders headers, string name, Guid? id) => Add(headers, name, id?.ToString("D"));

    private static void Add(KafkaHeaders headers, string name, string? text)
    {
        if (text != null)
            headers.Add(name, Encoding.UTF8.GetBytes(text));
    }
}
