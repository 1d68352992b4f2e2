using System.Globalization;

namespace MassTransit.LogTransport.Topology;

/// <summary>What the configuration says of one topic; written while the bus is configured, only read afterwards.</summary>
internal sealed class TopicDescription(string name, TopicDescriptions owner) :
    ILogTopicConfigurator
{
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);

    public string Name { get; } = name;
    public int? PartitionCount { get; private set; }
    public short? ReplicaCount { get; private set; }
    public IReadOnlyDictionary<string, string> Settings => _settings;
    public bool CarriesMessages { get; private set; }
    public RecordBody? ValueForm { get; private set; }

    public ILogTopicConfigurator Partitions(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        PartitionCount = count;
        return this;
    }

    public ILogTopicConfigurator Replicas(short count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, (short)1);
        ReplicaCount = count;
        return this;
    }

    public ILogTopicConfigurator Retention(TimeSpan time)
    {
        if (time == Timeout.InfiniteTimeSpan)
            return Setting("retention.ms", "-1");

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        return Setting("retention.ms", ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
    }

    public ILogTopicConfigurator Compacted() => Setting("cleanup.policy", "compact");

    public ILogTopicConfigurator Setting(string name, string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        _settings[name] = value;
        return this;
    }

    public ILogTopicConfigurator Body(RecordBody body)
    {
        ValueForm = body;
        return this;
    }

    public ILogTopicConfigurator Carries<T>(Func<T, string?>? key = null)
        where T : class
    {
        owner.Carry(this, key);
        CarriesMessages = true;
        return this;
    }
}
