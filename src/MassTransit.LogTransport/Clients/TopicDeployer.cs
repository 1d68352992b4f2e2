using System.Collections.Concurrent;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Topology;

namespace MassTransit.LogTransport.Clients;

/// <summary>
/// Makes sure that topics exist and have leaders before they are used, as the configuration says. Names are those on the broker. Safe for any
/// thread; a topic that was seen once costs nothing afterwards. Fails with <see cref="ConnectionException" />.
/// </summary>
internal sealed class TopicDeployer(LogHostConfiguration hostConfiguration, BrokerClient client)
{
    private const int ReplyPartitions = 4;
    private static readonly TimeSpan LeaderPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ReplyRetention = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<string, int> _deployed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentDictionary<string, byte> _colliding = new(StringComparer.Ordinal);
    private volatile Error? _told;

    private LogHostSettings Settings => hostConfiguration.Settings;

    public bool IsDeployed(string topic) => _deployed.ContainsKey(topic) || Settings.Deployment == TopicDeployment.None;

    public void Forget(string topic) => _deployed.TryRemove(topic, out _);

    /// <summary>Notes what the client says of its connections, until one works.</summary>
    public void Told(Error error)
    {
        // That all are down follows from what was said before of each, and what is only logged says less than an error.
        if (error.Code != ErrorCode.Local_AllBrokersDown && (error.Code != ErrorCode.Local_Fail || _told is null or { Code: ErrorCode.Local_Fail }))
            _told = error;
    }

    /// <summary>Completes when the cluster has told that the topic exists, whoever created it and asked.</summary>
    public Task Appeared(string topic)
    {
        return _awaited.GetOrAdd(topic, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    public async Task Deploy(IReadOnlyCollection<string> topics, CancellationToken cancellationToken)
    {
        if (topics.All(IsDeployed))
            return;

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var missing = topics.Where(x => !IsDeployed(x)).Distinct(StringComparer.Ordinal).ToList();
            if (missing.Count == 0)
                return;

            var metadata = await Remember(missing).ConfigureAwait(false);

            WarnOfCollisions(missing, metadata);
            missing.RemoveAll(IsDeployed);
            if (missing.Count == 0)
                return;

            // One that is there has only no leader yet, and who waits for that needs no right to create it.
            var absent = missing.Where(x => !metadata.Topics.Exists(topic => topic.Topic == x)).ToList();

            if (absent.Count > 0)
            {
                if (Settings.Deployment == TopicDeployment.Validate)
                    throw new ConnectionException(Refusals.Missing(Settings, absent), isTransient: true);

                await Create(absent).ConfigureAwait(false);
            }

            await WaitForLeaders(missing, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The cluster as it says it is, asked for now. Fails with <see cref="ConnectionException" /> when no broker answers within the connect timeout.</summary>
    public async Task<Confluent.Kafka.Metadata> Describe()
    {
        try
        {
            var metadata = await BrokerClient.OnThread(() => client.Admin.GetMetadata(Settings.ConnectionTimeout)).ConfigureAwait(false);

            _told = null;

            foreach (var (topic, awaited) in _awaited)
            {
                if (metadata.Topics.Exists(x => x.Topic == topic && !x.Error.IsError))
                    awaited.TrySetResult();
            }

            return metadata;
        }
        catch (KafkaException exception)
        {
            throw new ConnectionException(Refusals.Unreachable(Settings, exception.Error, _told), exception);
        }
    }

    private void WarnOfCollisions(IReadOnlyCollection<string> topics, Confluent.Kafka.Metadata metadata)
    {
        foreach (var topic in topics)
        {
            if (metadata.Topics.Select(x => x.Topic).Concat(topics).FirstOrDefault(x => TopicName.Collide(x, topic)) is { } other && _colliding.TryAdd(topic, 0))
                hostConfiguration.LogContext?.Warning?.Log("The topics '{Topic}' and '{Other}' differ in nothing but '.' and '_', which are the same in Kafka's metrics: brokers refuse to create the second", topic, other);
        }
    }

    private async Task<Confluent.Kafka.Metadata> Remember(IReadOnlyCollection<string> topics)
    {
        var metadata = await Describe().ConfigureAwait(false);

        foreach (var topic in metadata.Topics.Where(x => topics.Contains(x.Topic)))
        {
            if (!topic.Error.IsError && topic.Partitions.Count > 0 && topic.Partitions.All(x => x.Leader >= 0))
                _deployed[topic.Topic] = topic.Partitions.Count;
        }

        return metadata;
    }

    private async Task WaitForLeaders(List<string> topics, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Settings.ConnectionTimeout);

        for (; ; )
        {
            await Remember(topics).ConfigureAwait(false);
            if (topics.All(IsDeployed))
                return;

            try
            {
                await Task.Delay(LeaderPause, timeout.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ConnectionException(Refusals.Unseen(Settings, topics.Where(x => !IsDeployed(x))), exception);
            }
        }
    }

    private async Task Create(List<string> topics)
    {
        try
        {
            await client.Admin.CreateTopicsAsync(topics.Select(SpecificationOf), new CreateTopicsOptions { RequestTimeout = Settings.ConnectionTimeout })
                .ConfigureAwait(false);
        }
        catch (CreateTopicsException exception)
        {
            // Another process may have been faster with some of them.
            var refused = exception.Results.Where(x => x.Error.IsError && x.Error.Code != ErrorCode.TopicAlreadyExists).ToArray();
            if (refused.Length > 0)
                throw new ConnectionException($"Topics could not be created: {string.Join("; ", refused.Select(x => Refusals.Creating(Settings, x.Topic, x.Error)))}", exception);
        }
        catch (KafkaException exception)
        {
            throw new ConnectionException($"Topics could not be created at {Settings.BootstrapServers}: {exception.Error.Reason}", exception);
        }
    }

    private TopicSpecification SpecificationOf(string topic)
    {
        var name = topic.StartsWith(Settings.TopicPrefix, StringComparison.Ordinal) ? topic[Settings.TopicPrefix.Length..] : topic;
        var description = hostConfiguration.LogTopology.Topics.Find(name);

        var specification = new TopicSpecification
        {
            Name = topic,
            NumPartitions = description?.PartitionCount ?? DefaultPartitionsOf(name),
            ReplicationFactor = description?.ReplicaCount ?? -1,
            Configs = description?.Settings.ToDictionary(StringComparer.Ordinal) ?? [],
        };

        if (name == Settings.ReplyTopic)
            specification.Configs.TryAdd("retention.ms", ReplyRetention.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));

        if (name == Settings.Scheduler.Topic)
        {
            foreach (var (setting, value) in LogSchedulerSettings.TopicSettings)
                specification.Configs.TryAdd(setting, value);
        }

        return specification;
    }

    private int DefaultPartitionsOf(string name)
    {
        if (name == Settings.ReplyTopic)
            return ReplyPartitions;

        if (name == Settings.Scheduler.Topic)
            return Settings.Scheduler.Partitions;

        // Nobody is in a hurry to read what failed, and one partition keeps it in order.
        if (name.EndsWith("_error", StringComparison.Ordinal) || name.EndsWith("_skipped", StringComparison.Ordinal))
            return 1;

        return Settings.DefaultPartitions ?? -1;
    }
}
