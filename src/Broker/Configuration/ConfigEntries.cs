using System.Globalization;
using Broker.Groups;
using Broker.Topics;

namespace Broker.Configuration;

/// <summary>Every setting of a topic, of the broker or of a group, with where its value comes from.</summary>
internal sealed class ConfigEntries(DynamicBrokerConfig config, GroupConfigs groups)
{
    public IEnumerable<ConfigEntry> OfTopic(TopicConfig topic) =>
        TopicSetting.All.Select(s => new ConfigEntry(s.Name, s.Type, topic[s.Name], [.. SynonymsOf(topic, s)]));

    /// <summary>Those of this broker, whatever set them.</summary>
    public IEnumerable<ConfigEntry> OfBroker()
    {
        var options = config.Current;
        return BrokerSettings.All.Select(s => new ConfigEntry(
            s.Name, s.Type, s.Read(options), [.. SynonymsOf(s)], ReadOnly: !DynamicBrokerConfig.IsUpdatable(s.Name)));
    }

    /// <summary>Only what was set for all brokers while they ran.</summary>
    public IEnumerable<ConfigEntry> OfAllBrokers() =>
        from set in config.Overrides(BrokerScope.AllBrokers)
        let setting = BrokerSettings.Find(set.Key)
        select new ConfigEntry(set.Key, setting.Type, set.Value, [new ConfigSynonym(set.Key, set.Value, ConfigSource.DynamicDefaultBroker)]);

    /// <summary>Whether anybody has ever joined the group or not.</summary>
    public IEnumerable<ConfigEntry> OfGroup(string group)
    {
        var own = groups.Of(group);
        return GroupSetting.All.Select(s => new ConfigEntry(
            s.Name, ConfigType.Int, s.Read(own, config.Current).ToString(CultureInfo.InvariantCulture), [.. SynonymsOf(own, s)]));
    }

    private IEnumerable<ConfigSynonym> SynonymsOf(IReadOnlyDictionary<string, string> group, GroupSetting setting)
    {
        if (group.TryGetValue(setting.Name, out var own))
            yield return new ConfigSynonym(setting.Name, own, ConfigSource.Group);
        foreach (var synonym in SynonymsOf(BrokerSettings.Find(setting.BrokerName)))
            yield return synonym;
    }

    private IEnumerable<ConfigSynonym> SynonymsOf(TopicConfig topic, TopicSetting setting)
    {
        if (topic.Overrides.TryGetValue(setting.Name, out var own))
            yield return new ConfigSynonym(setting.Name, own, ConfigSource.Topic);
        if (setting.BrokerName is not { } brokerName)
            yield break;

        foreach (var synonym in SynonymsOf(BrokerSettings.Find(brokerName)))
            yield return synonym;
        foreach (var synonym in setting.BrokerFallbacks.SelectMany(name => SynonymsOf(BrokerSettings.Find(name))))
        {
            if (synonym.Source != ConfigSource.Default)
                yield return synonym;
        }
    }

    private IEnumerable<ConfigSynonym> SynonymsOf(BrokerSetting setting)
    {
        if (config.Overrides(BrokerScope.ThisBroker).TryGetValue(setting.Name, out var ofThis))
            yield return new ConfigSynonym(setting.Name, ofThis, ConfigSource.DynamicBroker);
        if (config.Overrides(BrokerScope.AllBrokers).TryGetValue(setting.Name, out var ofAll))
            yield return new ConfigSynonym(setting.Name, ofAll, ConfigSource.DynamicDefaultBroker);
        if (setting.Read(config.Given) is { } given && given != setting.Default)
            yield return new ConfigSynonym(setting.Name, given, ConfigSource.StaticBroker);
        if (setting.Default is { } byDefault)
            yield return new ConfigSynonym(setting.Name, byDefault, ConfigSource.Default);
    }
}
