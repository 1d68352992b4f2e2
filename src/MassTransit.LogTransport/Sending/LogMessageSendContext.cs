using System.Globalization;
using MassTransit.Context;

namespace MassTransit.LogTransport.Sending;

/// <summary>What a message needs on its way to the log beyond what every message has. All of it survives an outbox or a scheduler.</summary>
internal sealed class LogMessageSendContext<T>(T message, CancellationToken cancellationToken) :
    MessageSendContext<T>(message, cancellationToken),
    ILogSendContext,
    PartitionKeySendContext
    where T : class
{
    public string? PartitionKey { get; set; }
    public IReadOnlyList<string>? Topics { get; set; }
    public Guid? CausationId { get; set; }
    public DateTimeOffset? ProducedAt { get; set; }
    public DateTimeOffset? DeliverAt { get; set; }

    public override void WritePropertiesTo(IDictionary<string, object> properties)
    {
        base.WritePropertiesTo(properties);

        if (!string.IsNullOrWhiteSpace(PartitionKey))
            properties[LogPropertyNames.PartitionKey] = PartitionKey;
        if (Topics != null)
            properties[LogPropertyNames.Topics] = string.Join(';', Topics);
        if (CausationId.HasValue)
            properties[LogPropertyNames.CausationId] = CausationId.Value.ToString("D");
        if (ProducedAt.HasValue)
            properties[LogPropertyNames.ProducedAt] = ProducedAt.Value.ToString("O", CultureInfo.InvariantCulture);
        if (DeliverAt.HasValue)
            properties[LogPropertyNames.DeliverAt] = DeliverAt.Value.ToString("O", CultureInfo.InvariantCulture);
        if (ScheduledMessageId.HasValue)
            properties[LogPropertyNames.Token] = ScheduledMessageId.Value.ToString("D");
    }

    public override void ReadPropertiesFrom(IReadOnlyDictionary<string, object> properties)
    {
        base.ReadPropertiesFrom(properties);

        PartitionKey = ReadString(properties, LogPropertyNames.PartitionKey) ?? PartitionKey;

        var topics = ReadStringArray(properties, LogPropertyNames.Topics);
        if (topics.Length > 0)
            Topics = topics;

        if (Guid.TryParse(ReadString(properties, LogPropertyNames.CausationId), out var causationId))
            CausationId = causationId;

        if (Time(properties, LogPropertyNames.ProducedAt) is { } producedAt)
            ProducedAt = producedAt;

        // An outbox that waits itself takes the delay away; one that does not hands the message on late, and only what is left of the delay counts.
        if (Delay.HasValue)
            DeliverAt = Time(properties, LogPropertyNames.DeliverAt);

        if (Guid.TryParse(ReadString(properties, LogPropertyNames.Token), out var token))
            ScheduledMessageId = token;
    }

    private static DateTimeOffset? Time(IReadOnlyDictionary<string, object> properties, string name)
    {
        return DateTimeOffset.TryParse(ReadString(properties, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }
}
