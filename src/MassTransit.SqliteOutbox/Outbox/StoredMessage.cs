using MassTransit.Metadata;
using MassTransit.Middleware;
using MassTransit.Serialization;

namespace MassTransit.SqliteOutbox;

/// <summary>A row as MassTransit's send pipe wants to see it.</summary>
internal sealed class StoredMessage(OutboxMessage row) : OutboxMessageContext
{
    public long SequenceNumber => row.SequenceNumber;
    public Guid MessageId => row.MessageId;
    public string ContentType => row.ContentType;
    public string MessageType => row.MessageType;
    public string Body => row.Body;

    public IReadOnlyDictionary<string, object> Properties { get; } =
        SystemTextJsonMessageSerializer.Instance.DeserializeDictionary<object>(row.Properties) ?? [];

    public Headers Headers { get; } =
        new DictionarySendHeaders(SystemTextJsonMessageSerializer.Instance.DeserializeDictionary<object?>(row.Headers) ?? []);

    Guid? MessageContext.MessageId => row.MessageId;
    public Guid? RequestId => row.RequestId;
    public Guid? CorrelationId => row.CorrelationId;
    public Guid? ConversationId => row.ConversationId;
    public Guid? InitiatorId => row.InitiatorId;
    public DateTime? ExpirationTime => row.ExpirationTime;
    public Uri? SourceAddress => row.SourceAddress;
    public Uri? DestinationAddress => row.DestinationAddress;
    public Uri? ResponseAddress => row.ResponseAddress;
    public Uri? FaultAddress => row.FaultAddress;
    public DateTime? SentTime => row.SentTime;
    public HostInfo Host => HostMetadataCache.Host;
}
