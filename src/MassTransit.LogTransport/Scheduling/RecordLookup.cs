using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Configuration;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>Reads records of the schedule's topic again, by their place, of which only that is remembered. One read at a time, on a thread of its own.</summary>
internal sealed class RecordLookup(LogHostConfiguration hostConfiguration) :
    IAsyncDisposable
{
    /// <summary>Records between two wanted ones that are read over rather than sought past.</summary>
    private const int NearBy = 1000;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private IConsumer<byte[]?, byte[]?>? _consumer;

    /// <summary>Sets the record of each message that has none and is still in the topic. Fails with <see cref="KafkaException" /> or <see cref="ConnectionException" />.</summary>
    public async Task Load(TopicPartition partition, IEnumerable<PendingMessage> messages, CancellationToken cancellationToken)
    {
        var wanted = messages.Where(x => x.Record == null).OrderBy(x => x.Offset).ToArray();
        if (wanted.Length == 0)
            return;

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await BrokerClient.OnThread(() => Read(partition, wanted)).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);

        if (_consumer is { } consumer)
            await BrokerClient.OnThread(consumer.Dispose).ConfigureAwait(false);
    }

    private void Read(TopicPartition partition, IEnumerable<PendingMessage> wanted)
    {
        var consumer = _consumer ??= Create();
        long? position = null;

        try
        {
            foreach (var message in wanted)
            {
                if (position is not { } next || message.Offset - next > NearBy)
                    consumer.Assign(new TopicPartitionOffset(partition, message.Offset));

                var record = ReadFrom(consumer, message.Offset);
                position = record == null ? null : message.Offset + 1;
                message.Record = record;
            }
        }
        finally
        {
            consumer.Unassign();
        }
    }

    private Message<byte[]?, byte[]?>? ReadFrom(IConsumer<byte[]?, byte[]?> consumer, long offset)
    {
        var limit = hostConfiguration.Settings.ConnectionTimeout;

        for (; ; )
        {
            var record = consumer.Consume(limit) ?? throw new ConnectionException($"A scheduled message at offset {offset} was not read within {limit}.", isTransient: true);

            if (record.IsPartitionEOF || record.Offset > offset)
                return null;

            if (record.Offset == offset)
                return record.Message;
        }
    }

    private IConsumer<byte[]?, byte[]?> Create()
    {
        return new ConsumerBuilder<byte[]?, byte[]?>(ClientConfiguration.ScheduleReader(hostConfiguration.Settings))
            .SetKeyDeserializer(Deserializers.ByteArray!)
            .SetValueDeserializer(Deserializers.ByteArray!)
            .SetLogHandler((_, message) => ClientLog.Write(hostConfiguration.LogContext, message))
            .Build();
    }
}
