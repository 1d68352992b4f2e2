using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Receiving;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>
/// The native consumer of the schedule's topic, on a thread of its own which makes it, polls it and closes it. Every partition is read from its beginning when it is assigned, whatever the group has
/// committed: what waits is known from the records alone.
/// </summary>
internal sealed class ScheduleReader
{
    private const int PollMilliseconds = 100;
    private readonly LogHostConfiguration _hostConfiguration;
    private readonly BrokerMonitor _monitor;
    private readonly ScheduleOwner _owner;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IConsumer<byte[]?, byte[]?>? _consumer;
    private volatile bool _ending;

    public ScheduleReader(LogHostConfiguration hostConfiguration, BrokerMonitor monitor, ScheduleOwner owner)
    {
        _hostConfiguration = hostConfiguration;
        _monitor = monitor;
        _owner = owner;
    }

    /// <summary>Completes when the consumer is closed; fails when it failed for good.</summary>
    public Task Ended => _ended.Task;

    /// <summary>This process as a member of the group.</summary>
    /// <exception cref="InvalidOperationException">The consumer is closed.</exception>
    public IConsumerGroupMetadata Membership => _consumer?.ConsumerGroupMetadata ?? throw new InvalidOperationException("The schedule is not read any more.");

    public void Start() => new Thread(Run) { IsBackground = true, Name = "log transport: schedule" }.Start();

    public void End() => _ending = true;

    private void Run()
    {
        LogContext.SetCurrentIfNull(_hostConfiguration.LogContext);

        try
        {
            using var consumer = Create();
            _consumer = consumer;

            consumer.Subscribe(_hostConfiguration.Settings.ScheduleTopic);

            while (!_ending)
                PollOnce(consumer);

            consumer.Close();
            _consumer = null;
            _ended.TrySetResult();
        }
        catch (Exception exception)
        {
            // Reported by whoever waits.
            _consumer = null;
            _ended.TrySetException(exception);
        }
    }

    private void PollOnce(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            var record = consumer.Consume(PollMilliseconds);

            if (record?.IsPartitionEOF == true)
                _owner.ReachedEnd(record.TopicPartition, record.Offset);
            else if (record?.Message != null)
                _owner.Received(record);
        }
        catch (ConsumeException exception) when (!RecordPoll.IsFinal(exception.Error))
        {
            LogContext.Warning?.Log("The schedule's reader: {Reason}", exception.Error.Reason);
        }
    }

    private IConsumer<byte[]?, byte[]?> Create()
    {
        return new ConsumerBuilder<byte[]?, byte[]?>(ClientConfiguration.ScheduleReader(_hostConfiguration.Settings))
            .SetKeyDeserializer(Deserializers.ByteArray!)
            .SetValueDeserializer(Deserializers.ByteArray!)
            .SetLogHandler((_, message) => ClientLog.Write(_hostConfiguration.LogContext, message))
            .SetErrorHandler((_, error) => _monitor.OnError(error))
            .SetPartitionsAssignedHandler((_, partitions) =>
            {
                _owner.Assigned(partitions);
                return partitions.Select(x => new TopicPartitionOffset(x, Offset.Beginning));
            })
            .SetPartitionsRevokedHandler((_, partitions) => _owner.Revoked(partitions.Select(x => x.TopicPartition)))
            .SetPartitionsLostHandler((_, partitions) => _owner.Lost(partitions.Select(x => x.TopicPartition)))
            .Build();
    }
}
