using Confluent.Kafka;
using MassTransit.Context;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Sending;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Receiving;

internal sealed class LogReceiveContext(ConsumeResult<byte[]?, byte[]?> record, string? types, bool redelivered, LogReceiveEndpointContext context, ReceiveLockContext settlement) :
    BaseReceiveContext(redelivered, context, settlement),
    LogRecordContext,
    PartitionKeyConsumeContext,
    ITransportSequenceNumber,
    TransportReceiveContext
{
    private readonly Lazy<string?> _key = new(() => RecordText.FromBytes(record.Message.Key));

    /// <summary>As read: what a move to another topic keeps.</summary>
    public Message<byte[]?, byte[]?> Record => record.Message;

    /// <summary>Whether the pipeline tried to move the record to the error or the skipped topic.</summary>
    public bool MoveWasTried { get; set; }

    public override MessageBody Body { get; } = new BytesMessageBody(record.Message.Value);
    public string Topic => record.Topic;
    public int Partition => record.Partition;
    public long Offset => record.Offset;
    public string? Key => _key.Value;
    public DateTimeOffset Timestamp => new(record.Message.Timestamp.UtcDateTime, TimeSpan.Zero);
    public string? PartitionKey => Key;
    public ulong? SequenceNumber => (ulong)Offset;

    protected override IHeaderProvider HeaderProvider { get; } = new RecordHeaderProvider(record, types);

    public IDictionary<string, object>? GetTransportProperties()
    {
        return Key == null ? null : new Dictionary<string, object>(StringComparer.Ordinal) { [LogPropertyNames.PartitionKey] = Key };
    }
}
