using System.Globalization;
using Broker.Configuration;

namespace Broker.Groups;

/// <summary>One setting that a group of the consumer protocol may have to itself, in milliseconds.</summary>
/// <param name="Name">Kafka's name.</param>
/// <param name="BrokerName">The broker's setting that stands in when the group has none.</param>
/// <param name="Default">What stands in.</param>
/// <param name="Min">The least the broker allows.</param>
/// <param name="Max">The most the broker allows.</param>
internal sealed record GroupSetting(
    string Name, string BrokerName, Func<BrokerOptions, int> Default, Func<BrokerOptions, int> Min, Func<BrokerOptions, int> Max)
{
    public static GroupSetting HeartbeatInterval { get; } = new(
        "consumer.heartbeat.interval.ms", "group.consumer.heartbeat.interval.ms", o => o.GroupConsumerHeartbeatIntervalMs,
        o => o.GroupConsumerMinHeartbeatIntervalMs, o => o.GroupConsumerMaxHeartbeatIntervalMs);

    public static GroupSetting SessionTimeout { get; } = new(
        "consumer.session.timeout.ms", "group.consumer.session.timeout.ms", o => o.GroupConsumerSessionTimeoutMs,
        o => o.GroupConsumerMinSessionTimeoutMs, o => o.GroupConsumerMaxSessionTimeoutMs);

    /// <summary>In order of name.</summary>
    public static IReadOnlyList<GroupSetting> All { get; } = [HeartbeatInterval, SessionTimeout];

    /// <summary>What the group has set, or the broker.</summary>
    public int Read(IReadOnlyDictionary<string, string> own, BrokerOptions broker) =>
        own.TryGetValue(Name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : Default(broker);

    /// <exception cref="InvalidSettingException">There is no such setting, or it cannot have this value.</exception>
    public static void Check(string name, string value, BrokerOptions broker)
    {
        var setting = All.FirstOrDefault(s => s.Name == name)
            ?? throw new InvalidSettingException(name, $"{name} is no setting of a group here; there are {string.Join(" and ", All.Select(s => s.Name))}.");
        if (!ConfigValues.TryNumber(value, setting.Min(broker), setting.Max(broker), out _))
            throw new InvalidSettingException(name, $"{name} cannot be \"{value}\"; it takes a whole number from {setting.Min(broker)} to {setting.Max(broker)}.");
    }
}
