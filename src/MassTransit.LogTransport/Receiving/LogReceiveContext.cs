using Confluent.Kafka;
using MassTransit.Context;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Sending;
using MassTransit.LogTransport.Transactions;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Receiving;

internal sealed class LogReceiveContext(ConsumeResult<byte[]?, byte[]?> record, string? types, bool redelivered, LogReceiveEndpointContext context, ReceiveLockContext settlement, RecordOutputs? outputs) :
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

    /// <summary>What this delivery sends, where the endpoint writes that in transactions.</summary>
    public RecordOutputs? Outputs => outputs;

    public override MessageBody Body { get; } = new BytesMessageBody(record.Message.Value);
    public string Topic => record.Topic;
    public int Partition => record.Partition;
    public long Offset => record.Offset;
    public string? Key => _key.Value;
    public DateTimeOffset Timestamp => new(record.Message.Timestamp.UtcDateTime, TimeSpan.Zero);
    public string? PartitionKey => Key;
    public ulong? SequenceNumber => (ulong)Offset;

    protected override IHeaderProvider HeaderProvider { get; } = new RecordHeaderProvider(record, types);

    protected override ISendEndpointProvider GetSendEndpointProvider()
    {
        return outputs == null ? base.GetSendEndpointProvider() : new OutputEndpoints(base.GetSendEndpointProvider(), base.GetPublishEndpointProvider(), outputs);
    }

    protected override IPublishEndpointProvider GetPublishEndpointProvider()
    {
        return outputs == null ? base.GetPublishEndpointProvider() : new OutputEndpoints(base.GetSendEndpointProvider(), base.GetPublishEndpointProvider(), outputs);
    }

    public IDictionary<string, object>? GetTransportProperties()
    {
        return Key == null ? null : new Dictionary<string, object>(StringComparer.Ordinal) { [LogPropertyNames.PartitionKey] = Key };
    }
}
