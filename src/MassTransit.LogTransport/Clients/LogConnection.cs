using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Scheduling;
using MassTransit.Middleware;

namespace MassTransit.LogTransport.Clients;

/// <summary>What all endpoints of a bus share: the producer, the topics that exist, whether the brokers can be reached, and this process' share of the schedule. Stopped after the endpoints.</summary>
internal sealed class LogConnection :
    Agent
{
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FlushLimitInOutage = TimeSpan.FromSeconds(1);
    private readonly BrokerClient _client;

    public LogConnection(LogHostConfiguration hostConfiguration)
    {
        _client = new BrokerClient(hostConfiguration, error =>
        {
            Topics!.Told(error);
            Monitor!.OnError(error);
        });
        Topics = new TopicDeployer(hostConfiguration, _client);
        Monitor = new BrokerMonitor(Topics);
        Producer = new RecordProducer(hostConfiguration, _client, Topics);
        Scheduler = new Scheduler(hostConfiguration, Monitor, Topics, Producer, _client);

        SetReady();
    }

    public TopicDeployer Topics { get; }
    public RecordProducer Producer { get; }
    public BrokerMonitor Monitor { get; }
    public Scheduler Scheduler { get; }

    protected override async Task StopAgent(StopContext context)
    {
        await Scheduler.Stop().ConfigureAwait(false);
        await Monitor.Stop().ConfigureAwait(false);
        await _client.Close(Monitor.Outage == null ? FlushLimit : FlushLimitInOutage).ConfigureAwait(false);

        await base.StopAgent(context).ConfigureAwait(false);
    }
}
