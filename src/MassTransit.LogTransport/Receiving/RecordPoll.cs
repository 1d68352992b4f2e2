using Confluent.Kafka;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Diagnostics;

namespace MassTransit.LogTransport.Receiving;

/// <summary>
/// One endpoint's native consumer on a thread of its own, which makes it, polls it without ever waiting for a handler, and closes it. Offsets are stored when their records are
/// done and committed by the client every second, before partitions are given back, and on close.
/// </summary>
internal sealed class RecordPoll
{
    private const int PollMilliseconds = 100;
    private static readonly TimeSpan DefaultSession = TimeSpan.FromSeconds(45);
    private readonly LogReceiveEndpointContext _context;
    private readonly EndpointClient _client;
    private readonly RecordReceiver _receiver;
    private readonly IPartitionPlan _plan;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private volatile IConsumer<byte[]?, byte[]?>? _consumer;
    private readonly List<TopicPartition> _justAssigned = [];
    private volatile bool _ending;

    public RecordPoll(LogReceiveEndpointContext context, EndpointClient client, RecordReceiver receiver)
    {
        _context = context;
        _client = client;
        _receiver = receiver;
        _plan = context.Settings.HasGroup ? new GroupPlan(context) : new InstancePlan(context, receiver);
        _thread = new Thread(Run) { IsBackground = true, Name = $"log transport: {context.Settings.Name}" };
    }

    /// <summary>Completes when the first poll is about to happen; fails when it will never happen.</summary>
    public Task Started => _started.Task;

    /// <summary>Completes when the consumer is closed.</summary>
    public Task Ended => _ended.Task;

    public Exception? Failure { get; private set; }

    /// <summary>This process as a member of the group; null when it is none just now, which a broker would take for a client without a group and let pass.</summary>
    public IConsumerGroupMetadata? Membership
    {
        get
        {
            try
            {
                // In this order: the id is empty from the moment the membership is lost until the partitions were given up.
                return _consumer is { } consumer && consumer.ConsumerGroupMetadata is var membership && !string.IsNullOrEmpty(consumer.MemberId) ? membership : null;
            }
            catch (Exception exception) when (exception is KafkaException or ObjectDisposedException)
            {
                return null;
            }
        }
    }

    public void Start() => _thread.Start();

    /// <summary>Ends because what it reads cannot be used.</summary>
    public void Fail(Exception exception)
    {
        Failure ??= exception;
        _ending = true;
    }

    public void End()
    {
        _ending = true;

        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted))
            _ended.TrySetResult();
    }

    public void Store(TopicPartition partition, long position)
    {
        // Transactions commit by themselves.
        if (_context.Settings is { HasGroup: true, Transactions: null })
            Try(x => x.StoreOffset(new TopicPartitionOffset(partition, position)), "store the position of", partition);
    }

    public void Pause(TopicPartition partition) => Try(x => x.Pause([partition]), "pause", partition);

    public void Resume(TopicPartition partition) => Try(x => x.Resume([partition]), "resume", partition);

    /// <summary>Records between what was read and the end of the partition as the broker last told it; zero while unknown.</summary>
    public long Lag(TopicPartition partition)
    {
        var lag = 0L;

        Try(x =>
        {
            var end = x.GetWatermarkOffsets(partition).High;
            var position = x.Position(partition);

            if (end != Offset.Unset && position != Offset.Unset)
                lag = Math.Max(0, end.Value - position.Value);
        }, "read the lag of", partition);

        return lag;
    }

    private void Run()
    {
        LogContext.SetCurrentIfNull(_context.LogContext);

        try
        {
            using var consumer = Create();
            _consumer = consumer;

            _plan.Start(consumer);
            _started.TrySetResult();

            while (!_ending)
                PollOnce(consumer);

            consumer.Close();
        }
        catch (Exception exception)
        {
            // Reported by whoever waits: the endpoint's pipe fails with it and is run again.
            Failure ??= exception;
            _started.TrySetException(exception);
        }
        finally
        {
            _consumer = null;
            _ended.TrySetResult();
        }
    }

    private void PollOnce(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            var record = consumer.Consume(PollMilliseconds);

            if (_justAssigned.Count > 0)
                ResumeAssigned(consumer);

            _plan.Polled(consumer);

            if (record?.Message != null)
                _receiver.Received(record);
        }
        catch (ConsumeException exception) when (!IsFinal(exception.Error))
        {
            LogContext.Warning?.Log("{Endpoint}: {Reason}", _context.Settings.Name, exception.Error.Reason);
        }
    }

    /// <summary>False for an error that the client gets over by itself.</summary>
    public static bool IsFinal(Error error)
    {
        return error.IsFatal || error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.TopicAuthorizationFailed
            or ErrorCode.GroupAuthorizationFailed;
    }

    private IConsumer<byte[]?, byte[]?> Create()
    {
        var settings = _context.HostConfiguration.Settings;
        var endpoint = _context.Settings.Name;

        return new ConsumerBuilder<byte[]?, byte[]?>(Configuration(settings, _context.Group, $"{settings.Application}-{endpoint}"))
            .SetKeyDeserializer(Deserializers.ByteArray!)
            .SetValueDeserializer(Deserializers.ByteArray!)
            .SetLogHandler((_, message) => ClientLog.Write(_context.LogContext, message))
            .SetErrorHandler((_, error) => _client.Connection.Monitor.OnError(error))
            .SetOffsetsCommittedHandler((_, committed) => OnCommitted(committed))
            .SetPartitionsAssignedHandler((consumer, partitions) => OnAssigned(consumer, partitions))
            .SetPartitionsRevokedHandler((_, partitions) => OnRevoked(partitions))
            .SetPartitionsLostHandler((_, partitions) => OnLost(partitions))
            .Build();
    }

    private ConsumerConfig Configuration(LogHostSettings settings, string group, string clientId)
    {
        if (!_context.Settings.HasGroup)
            return ClientConfiguration.Consumer(settings, group, clientId);

        var config = ClientConfiguration.Member(settings, group, clientId);
        config.GroupInstanceId = settings.MemberId;

        if (settings is { MemberId: not null, UsesConsumerProtocol: false })
            WarnOfShortSession(config.SessionTimeoutMs is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : DefaultSession);

        if (_context.Settings.Transactions != null)
            config.EnableAutoCommit = false;

        return config;
    }

    private void WarnOfShortSession(TimeSpan session)
    {
        if (_context.Settings.RestartTimeout is { } restart && restart >= session)
        {
            LogContext.Warning?.Log("{Endpoint}: a kill switch restarts it after {Restart}, when others have its partitions, which are kept for {Session} (session.timeout.ms); make that longer, or the kill switch's RestartTimeout shorter",
                _context.Settings.Name, restart, session);
        }
    }

    private List<TopicPartitionOffset> OnAssigned(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartition> partitions)
    {
        LogContext.Info?.Log("{Endpoint}: assigned {Partitions}", _context.Settings.Name, string.Join(", ", partitions));
        LogTransportMetrics.Rebalanced(_context.Settings.Name, "assigned");

        _receiver.Assigned(partitions);
        _justAssigned.AddRange(partitions);

        return _plan.PositionsOf(consumer, partitions);
    }

    private void OnRevoked(List<TopicPartitionOffset> partitions)
    {
        LogContext.Info?.Log("{Endpoint}: revoked {Partitions}", _context.Settings.Name, string.Join(", ", partitions.Select(x => x.TopicPartition)));
        LogTransportMetrics.Rebalanced(_context.Settings.Name, "revoked");

        _receiver.Revoked(partitions.Select(x => x.TopicPartition));
    }

    private void OnLost(List<TopicPartitionOffset> partitions)
    {
        LogContext.Warning?.Log("{Endpoint}: lost {Partitions}", _context.Settings.Name, string.Join(", ", partitions.Select(x => x.TopicPartition)));
        LogTransportMetrics.Rebalanced(_context.Settings.Name, "lost");

        _receiver.Lost(partitions.Select(x => x.TopicPartition));
    }

    private void OnCommitted(CommittedOffsets committed)
    {
        LogTransportMetrics.Committed(_context.Settings.Name, committed.Error.IsError);

        if (committed.Error.IsError)
            LogContext.Warning?.Log("{Endpoint}: a commit failed and is made again with the next: {Reason}", _context.Settings.Name, committed.Error.Reason);
    }

    /// <summary>A partition that was paused when it was taken away must not come back paused.</summary>
    private void ResumeAssigned(IConsumer<byte[]?, byte[]?> consumer)
    {
        var assigned = consumer.Assignment;

        foreach (var partition in _justAssigned.Where(assigned.Contains))
            Resume(partition);

        _justAssigned.Clear();
    }

    private void Try(Action<IConsumer<byte[]?, byte[]?>> call, string what, TopicPartition partition)
    {
        if (_consumer is not { } consumer)
            return;

        try
        {
            call(consumer);
        }
        catch (Exception exception) when (exception is KafkaException or ObjectDisposedException)
        {
            // The partition was taken away, or the consumer closed, between the decision and the call.
            LogContext.Debug?.Log("{Endpoint}: could not {What} {Partition}: {Reason}", _context.Settings.Name, what, partition, exception.Message);
        }
    }
}
