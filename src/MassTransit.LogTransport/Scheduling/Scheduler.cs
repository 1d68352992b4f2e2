using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MassTransit.LogTransport.Clients;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Receiving;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>
/// Keeps one bus an owner of the schedule while it runs: from the moment the topic exists, which is when the first message is delayed by any bus of the prefix, and again whenever its consumer failed.
/// </summary>
internal sealed class Scheduler(LogHostConfiguration hostConfiguration, BrokerMonitor monitor, TopicDeployer topics, RecordProducer producer, BrokerClient client)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Trouble _trouble = new("The scheduler");
    private readonly Lock _gate = new();
    private LogReceiveEndpointContext? _endpoint;
    private Task? _running;
    private int _failures;

    private LogHostSettings Settings => hostConfiguration.Settings;

    /// <summary>To be called when a broker has answered, any number of times. The health of the endpoint tells when the scheduler fails.</summary>
    public void Start(LogReceiveEndpointContext endpoint)
    {
        if (!Settings.Scheduler.Enabled)
            return;

        lock (_gate)
        {
            _endpoint ??= endpoint;
            _running ??= Task.Run(Run);
        }
    }

    /// <summary>Ends within bounded time. What waits is left to the other owners.</summary>
    public async Task Stop()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);

        Task? running;
        lock (_gate)
            running = _running;

        if (running != null)
            await running.ConfigureAwait(false);
    }

    private async Task Run()
    {
        LogContext.SetCurrentIfNull(hostConfiguration.LogContext);

        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await TopicExists().ConfigureAwait(false);
                await CheckTopic().ConfigureAwait(false);
                await Own().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                // Stopped.
            }
            catch (Exception exception)
            {
                _trouble.Met(exception, "cannot read the schedule, and delivers nothing until it can");
                await _endpoint!.Unwell(exception).ConfigureAwait(false);

                await Task.Delay(Pauses.After(++_failures, LongestPause), _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task Own()
    {
        var owner = new ScheduleOwner(hostConfiguration, monitor, topics, producer, EndOf);
        var owning = owner.Run(_stopping.Token);

        if (await Task.WhenAny(owner.Joined, owning).ConfigureAwait(false) != owning)
        {
            _failures = 0;

            // An outage is told by the monitor, and so is its end.
            if (_trouble.Over() && monitor.Outage == null)
                await _endpoint!.NowWell().ConfigureAwait(false);
        }

        await owning.ConfigureAwait(false);
    }

    /// <summary>The leader's answer counts open transactions, too. Fails with <see cref="KafkaException" />.</summary>
    private async Task<long> EndOf(TopicPartition partition)
    {
        var answer = await client.Admin.ListOffsetsAsync([new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = OffsetSpec.Latest() }],
            new ListOffsetsOptions { RequestTimeout = Settings.ConnectionTimeout, IsolationLevel = IsolationLevel.ReadUncommitted }).ConfigureAwait(false);

        return answer.ResultInfos.Single().TopicPartitionOffsetError.Offset.Value;
    }

    private async Task TopicExists()
    {
        var appeared = topics.Appeared(Settings.ScheduleTopic);

        try
        {
            await topics.Describe().ConfigureAwait(false);
        }
        catch (ConnectionException)
        {
            // The monitor asks again, until there is an answer.
        }

        await appeared.WaitAsync(_stopping.Token).ConfigureAwait(false);
    }

    /// <summary>A topic that somebody else created may be cut off by age, and with it what waits there.</summary>
    private async Task CheckTopic()
    {
        const string Policy = "cleanup.policy";

        try
        {
            var answer = await client.Admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = Settings.ScheduleTopic }],
                new DescribeConfigsOptions { RequestTimeout = Settings.ConnectionTimeout }).ConfigureAwait(false);

            if (answer.Single().Entries.TryGetValue(Policy, out var entry) && entry.Value != "compact")
                LogContext.Error?.Log("The topic '{Topic}' has {Setting}={Value}: what waits there longer than it keeps records is lost. It must be 'compact'", Settings.ScheduleTopic, Policy, entry.Value);
        }
        catch (KafkaException exception)
        {
            LogContext.Debug?.Log("The settings of '{Topic}' could not be checked: {Reason}", Settings.ScheduleTopic, exception.Error.Reason);
        }
    }
}
