using System.Globalization;
using Broker.Protocol;

namespace Broker.Topics;

/// <summary>
/// What the broker's own topics are made with, whoever asks for them first. They hold the newest state of each group and transaction, so that
/// retention would lose it: their policy is compact and nothing else.
/// </summary>
internal static class InternalTopics
{
    private const string Policy = "cleanup.policy";
    private const string Compact = "compact";

    /// <summary>How many partitions a topic gets whose creator names no number.</summary>
    public static int PartitionsOf(string name, BrokerOptions options) => name switch
    {
        TopicName.ConsumerOffsets => options.OffsetsTopicNumPartitions,
        TopicName.TransactionState => options.TransactionStateLogNumPartitions,
        _ => options.NumPartitions,
    };

    /// <summary>The settings asked for, over those an internal topic has by itself.</summary>
    public static IReadOnlyDictionary<string, string?> With(string name, IReadOnlyDictionary<string, string?> asked, BrokerOptions options)
    {
        if (!TopicName.IsInternal(name))
            return asked;

        var segmentBytes = name == TopicName.TransactionState ? options.TransactionStateLogSegmentBytes : options.OffsetsTopicSegmentBytes;
        var settings = new Dictionary<string, string?> { [Policy] = Compact, ["segment.bytes"] = segmentBytes.ToString(CultureInfo.InvariantCulture) };
        foreach (var (setting, value) in asked)
            settings[setting] = value;
        return settings;
    }

    public static bool KeepsState(string name, TopicConfig config) => !TopicName.IsInternal(name) || config is { IsCompacted: true, IsDeleted: false };

    /// <exception cref="TopicFaultException">The broker would lose its own state.</exception>
    public static void Check(string name, TopicConfig config)
    {
        if (!KeepsState(name, config))
            throw new TopicFaultException(ErrorCode.InvalidConfig, $"Topic '{name}' holds state of the broker: its {Policy} is {Compact}.");
    }

    /// <summary>With the policy put right, whatever else is set.</summary>
    public static TopicConfig Repaired(TopicConfig config) => config.With(new Dictionary<string, string>(config.Overrides) { [Policy] = Compact });
}
