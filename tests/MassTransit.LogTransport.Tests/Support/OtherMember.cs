using System.Collections.Concurrent;
using Confluent.Kafka;

namespace MassTransit.LogTransport.Tests.Support;

/// <summary>Another member of a group, without MassTransit: what it reads, and what it is told of its partitions.</summary>
internal sealed class OtherMember : IAsyncDisposable
{
    private readonly IConsumer<Ignore, string?> _consumer;
    private readonly ConcurrentDictionary<TopicPartition, byte> _partitions = new();
    private readonly Task _polling;
    private volatile bool _ending;
    private int _changes;

    public OtherMember(string bootstrapServers, string group, bool consumerProtocol, params string[] topics)
    {
        var config = new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = group, AutoOffsetReset = AutoOffsetReset.Earliest };
        if (consumerProtocol)
            config.GroupProtocol = GroupProtocol.Consumer;
        else
            (config.PartitionAssignmentStrategy, config.HeartbeatIntervalMs) = (PartitionAssignmentStrategy.CooperativeSticky, 500);

        _consumer = new ConsumerBuilder<Ignore, string?>(config)
            .SetPartitionsAssignedHandler((_, partitions) => Change(() => partitions.ForEach(x => _partitions.TryAdd(x, 0))))
            .SetPartitionsRevokedHandler((_, partitions) => Change(() => partitions.ForEach(x => _partitions.TryRemove(x.TopicPartition, out var _))))
            .SetLogHandler((_, _) => { })
            .Build();
        _consumer.Subscribe(topics);
        _polling = Task.Factory.StartNew(Poll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>How often its group has told it of partitions, be they the same.</summary>
    public int Changes => _changes;

    public ICollection<TopicPartition> Partitions => _partitions.Keys;

    public Arrivals<string?> Read { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _ending = true;
        await _polling;
        _consumer.Dispose();
    }

    private void Change(Action change)
    {
        // Counted first: whoever sees the partitions sees the count that brought them.
        Interlocked.Increment(ref _changes);
        change();
    }

    private void Poll()
    {
        while (!_ending)
        {
            if (_consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } record)
                Read.Add(record.Message.Value);
        }

        _consumer.Close();
    }
}
