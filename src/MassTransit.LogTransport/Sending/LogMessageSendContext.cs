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

        if (DateTimeOffset.TryParse(ReadString(properties, LogPropertyNames.ProducedAt), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var producedAt))
            ProducedAt = producedAt;
    }
}
