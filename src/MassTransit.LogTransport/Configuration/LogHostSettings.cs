using System.Reflection;
using MassTransit.LogTransport.Topology;

namespace MassTransit.LogTransport.Configuration;

/// <summary>How the bus reaches its brokers and what it does about topics; written while the bus is configured, only read afterwards.</summary>
internal sealed class LogHostSettings :
    ILogHostConfigurator
{
    // What the delivery guarantee rests on is the transport's, not the configuration's.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "bootstrap.servers", "metadata.broker.list", "acks", "request.required.acks", "enable.idempotence", "enable.auto.commit",
        "enable.auto.offset.store", "auto.offset.reset", "group.id", "partitioner", "transactional.id", "partition.assignment.strategy",
    };

    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["group.protocol"] = nameof(UseConsumerProtocol),
        ["group.instance.id"] = nameof(GroupInstanceId),
    };

    private readonly Dictionary<string, string> _client = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _consumer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _producer = new(StringComparer.Ordinal);
    private string _bootstrapServers = "localhost:9092";

    public string BootstrapServers
    {
        get => _bootstrapServers;
        set => _bootstrapServers = Checked(value);
    }

    public Uri HostAddress => new($"{LogEndpointAddress.Scheme}://{_bootstrapServers.Split(',')[0].Trim()}/{TopicPrefix}");

    public string TopicPrefix { get; private set; } = "";
    public string Application { get; private set; } = DefaultApplicationName();

    /// <summary>This process among those of the same application; what its replies are addressed to.</summary>
    public string Instance { get; } = NewId.NextSequentialGuid().ToString("N");

    public TimeSpan ConnectionTimeout { get; private set; } = TimeSpan.FromSeconds(5);
    public TimeSpan DeliveryTimeout { get; private set; } = TimeSpan.FromSeconds(60);
    public StartPosition StartFrom { get; set; } = StartPosition.Latest;
    public TopicDeployment Deployment { get; set; } = TopicDeployment.Create;
    public int? DefaultPartitions { get; set; }
    public LogSchedulerSettings Scheduler { get; } = new();

    /// <summary>The clock that due times and times to live are told by.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The name on the broker of the topic that holds what is not due yet, and of the group that shares it.</summary>
    public string ScheduleTopic => TopicPrefix + Scheduler.Topic;

    public string ReplyTopic => $"{Application}-replies";
    public bool UsesConsumerProtocol { get; private set; }
    public string? MemberId { get; private set; }

    /// <summary>Whom the brokers know this bus as, when it is by a name that the configuration holds.</summary>
    public string? User => _client.GetValueOrDefault("sasl.username");

    public IReadOnlyDictionary<string, string> ClientSettings => _client;
    public IReadOnlyDictionary<string, string> ConsumerSettings => _consumer;
    public IReadOnlyDictionary<string, string> ProducerSettings => _producer;

    public bool ReadsUncommitted => _consumer.GetValueOrDefault("isolation.level", _client.GetValueOrDefault("isolation.level", "")) == "read_uncommitted";

    public void Prefix(string prefix) => TopicPrefix = prefix.Length == 0 ? prefix : TopicName.Checked(prefix, nameof(Prefix));

    public void ApplicationName(string name) => Application = TopicName.Checked(name, nameof(ApplicationName));

    public void UseConsumerProtocol() => UsesConsumerProtocol = true;

    public void GroupInstanceId(string id) => MemberId = TopicName.Checked(id, nameof(GroupInstanceId));

    public void ConnectTimeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        ConnectionTimeout = timeout;
    }

    public void SendTimeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        DeliveryTimeout = timeout;
    }

    public void ClientSetting(string name, string value) => Set(_client, name, value);

    public void ConsumerSetting(string name, string value) => Set(_consumer, name, value);

    public void ProducerSetting(string name, string value) => Set(_producer, name, value);

    private static void Set(Dictionary<string, string> settings, string name, string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);

        if (Reserved.Contains(name))
            throw new ConfigurationException($"'{name}' is set by the transport, which rests its delivery guarantee on it.");

        if (Named.TryGetValue(name, out var method))
            throw new ConfigurationException($"'{name}' is set by {method}.");

        settings[name] = value;
    }

    private static string Checked(string bootstrapServers)
    {
        var servers = (bootstrapServers ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (servers.Length == 0)
            throw new ConfigurationException("Host: no broker is named, expected host:port, several separated by commas.");

        foreach (var server in servers)
        {
            var colon = server.LastIndexOf(':');
            if (colon <= 0 || !ushort.TryParse(server.AsSpan(colon + 1), out _))
                throw new ConfigurationException($"Host: '{server}' does not name a broker, expected host:port.");
        }

        return string.Join(',', servers);
    }

    private static string DefaultApplicationName()
    {
        var assembly = Assembly.GetEntryAssembly()?.GetName().Name ?? "application";

        return KebabCaseEndpointNameFormatter.Instance.SanitizeName(assembly.Replace('.', '-')).Replace("--", "-", StringComparison.Ordinal);
    }
}
