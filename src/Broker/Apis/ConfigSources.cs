using Broker.Configuration;
using Broker.Topics;

namespace Broker.Apis;

/// <summary>Where a setting's value comes from, with the numbers DescribeConfigs gives them.</summary>
internal enum ConfigSource : sbyte
{
    Topic = 1,
    StaticBroker = 4,
    Default = 5,
}

internal static class ConfigSources
{
    public static ConfigSource Of(TopicConfig topic, TopicSetting setting, BrokerOptions options) =>
        topic.Overrides.ContainsKey(setting.Name) ? ConfigSource.Topic
        : setting.BrokerName is not null && setting.Default(options) != setting.Default(new BrokerOptions()) ? ConfigSource.StaticBroker
        : ConfigSource.Default;

    public static ConfigSource Of(BrokerSetting setting, BrokerOptions options) =>
        setting.Read(options) == setting.Default ? ConfigSource.Default : ConfigSource.StaticBroker;
}
