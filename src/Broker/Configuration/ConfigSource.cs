namespace Broker.Configuration;

/// <summary>Where a setting's value comes from, with the numbers DescribeConfigs gives them.</summary>
internal enum ConfigSource : sbyte
{
    Topic = 1,
    DynamicBroker = 2,
    DynamicDefaultBroker = 3,
    StaticBroker = 4,
    Default = 5,
    Group = 8,
}
