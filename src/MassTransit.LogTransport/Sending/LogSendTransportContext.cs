using System.Diagnostics;
using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Scheduling;
using MassTransit.LogTransport.Serialization;
using MassTransit.LogTransport.Transactions;
using MassTransit.Middleware;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Sending;

/// <summary>
/// Sends to one address. <see cref="CreateSendContext{T}(T,IPipe{SendContext{T}},CancellationToken)" /> touches no broker: an outbox calls it while it writes
/// its rows. A send goes to the shared producer without a supervisor in between, which a burst on a cold endpoint would turn into a queue.
/// </summary>
internal sealed class LogSendTransportContext(LogHostConfiguration hostConfiguration, ReceiveEndpointContext context, LogEndpointAddress address) :
    BaseSendTransportContext(hostConfiguration, context.Serialization),
    SendTransportContext<PipeContext>
{
    private readonly RecordHeaderWriter _headers = new(hostConfiguration.Settings);

    private readonly IMessageSerializer? _ofTopic = address.IsTopic ? RecordBodies.Serializer(hostConfiguration.LogTopology.Topics.Find(address.Name)?.ValueForm) : null;

    public override string EntityName => address.Topic;
    public override string ActivitySystem => "kafka";

    public override async Task<SendContext<T>> CreateSendContext<T>(T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
    {
        var sendContext = new LogMessageSendContext<T>(message, cancellationToken);

        await pipe.Send(sendContext).ConfigureAwait(false);

        // The topic's choice stands in for that of the bus or endpoint, not for the sender's own.
        if (_ofTopic != null && ReferenceEquals(sendContext.Serializer, Serialization.GetMessageSerializer()))
            sendContext.Serializer = _ofTopic;

        sendContext.TryGetPayload<ConsumeContext>(out var consumeContext);

        sendContext.ProducedAt ??= sendContext.SentTime ?? TimeProvider.System.GetUtcNow();
        sendContext.CausationId ??= consumeContext?.MessageId;
        sendContext.Topics ??= TopicsOf<T>();
        sendContext.PartitionKey = KeyOf(sendContext, consumeContext);

        if (sendContext.Delay > TimeSpan.Zero)
        {
            sendContext.DeliverAt ??= hostConfiguration.Settings.Time.GetUtcNow() + sendContext.Delay;
            // Decided here, so that an outbox which hands the message on twice replaces what waits instead of adding to it.
            sendContext.ScheduledMessageId ??= NewId.NextGuid();
        }

        return sendContext;
    }

    public Task<SendContext<T>> CreateSendContext<T>(PipeContext transportContext, T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
        where T : class
    {
        return CreateSendContext(message, pipe, cancellationToken);
    }

    public Task Send(IPipe<PipeContext> pipe, CancellationToken cancellationToken = default) => pipe.Send(new Context(cancellationToken));

    public async Task Send<T>(PipeContext transportContext, SendContext<T> sendContext)
        where T : class
    {
        var log = sendContext as LogMessageSendContext<T> ?? throw new ArgumentException("Not a send context of this transport", nameof(sendContext));

        log.CancellationToken.ThrowIfCancellationRequested();

        if (Activity.Current is { IsAllDataRequested: true } activity && log.PartitionKey != null)
            activity.SetTag("messaging.kafka.message.key", log.PartitionKey);

        var topics = log.Topics!;
        var record = new Message<byte[]?, byte[]?>
        {
            Key = RecordText.ToBytes(log.PartitionKey),
            // What takes a message off the schedule is the absence of a value.
            Value = address.IsSchedule ? null : log.Body.GetBytes(),
            Headers = _headers.Write(log, log),
            Timestamp = new Timestamp(log.ProducedAt!.Value.UtcDateTime, TimestampType.CreateTime),
        };

        var producer = hostConfiguration.Connection.Producer;

        log.TryGetPayload<RecordOutputs>(out var outputs);

        if (log.DeliverAt is { } dueAt && dueAt > hostConfiguration.Settings.Time.GetUtcNow())
            await Keep(record, topics, dueAt, log.ScheduledMessageId!.Value, outputs, log.CancellationToken).ConfigureAwait(false);
        else if (topics.Count == 1)
            await producer.Produce(topics[0], record, outputs, log.CancellationToken).ConfigureAwait(false);
        else
            await Task.WhenAll(topics.Select(x => producer.Produce(x, record, outputs, log.CancellationToken))).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context)
    {
        context.Add("topic", address.Topic);
    }

    private async Task Keep(Message<byte[]?, byte[]?> record, IReadOnlyList<string> topics, DateTimeOffset dueAt, Guid token, RecordOutputs? outputs,
        CancellationToken cancellationToken)
    {
        var producer = hostConfiguration.Connection.Producer;

        // Whoever delivers the message may not know how its topics are to be created.
        await producer.Prepare(topics, cancellationToken).ConfigureAwait(false);
        await producer.Produce(hostConfiguration.Settings.ScheduleTopic, ScheduleRecords.Waiting(token, dueAt, topics, record), outputs, cancellationToken)
            .ConfigureAwait(false);
    }

    private IReadOnlyList<string> TopicsOf<T>()
        where T : class
    {
        if (!address.IsTopic || !MessageTypeCache<T>.IsValidMessageType)
            return [address.Topic];

        // Copies to the topics of implemented types are decided here, where an outbox or a scheduler takes the decision along, and
        // whether the message came by Publish or by a send to the publish address.
        var topology = hostConfiguration.LogTopology.Publish.GetLogTopology<T>();

        return topology.TopicName == address.Name
            ? topology.Topics.Select(x => address.Prefix + x).ToArray()
            : [address.Topic];
    }

    private string? KeyOf<T>(LogMessageSendContext<T> sendContext, ConsumeContext? consumeContext)
        where T : class
    {
        // Replies find their reader by its partition.
        if (address.Instance != null)
            return address.Instance;

        if (!string.IsNullOrWhiteSpace(sendContext.PartitionKey))
            return sendContext.PartitionKey;

        if (hostConfiguration.LogTopology.Topics.Keys.Select(sendContext.Message) is { } selected)
            return selected;

        if (!address.IsTopic && consumeContext != null && consumeContext.TryGetPayload<LogRecordContext>(out var incoming) && incoming.Key != null)
            return incoming.Key;

        return sendContext.CorrelationId?.ToString("D");
    }

    private sealed class Context(CancellationToken cancellationToken) :
        BasePipeContext(cancellationToken);
}
