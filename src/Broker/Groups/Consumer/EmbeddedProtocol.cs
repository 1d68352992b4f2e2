using Broker.Protocol;

namespace Broker.Groups.Consumer;

/// <summary>
/// What classic consumers tell each other inside JoinGroup and SyncGroup, read and written by the coordinator once a group has members of both
/// protocols. Both structures open with a version (int16) and are not flexible; later versions add fields at the end.
/// </summary>
internal static class EmbeddedProtocol
{
    private const short FirstWithOwned = 1;
    private const short FirstWithGeneration = 2;
    private const short FirstWithRack = 3;

    /// <param name="Version">Of the subscription, in which the assignment is to be answered.</param>
    /// <param name="Topics">By name.</param>
    /// <param name="UserData">An assignor's own; one that the coordinator cannot know means something by it.</param>
    /// <param name="Owned">What the member held when it sent this; null in version 0.</param>
    /// <param name="RackId">Where it runs.</param>
    public sealed record Subscription(
        short Version, IReadOnlyList<string> Topics, byte[]? UserData, IReadOnlyList<TopicPartition>? Owned, string? RackId);

    /// <summary>Null when the bytes are no subscription.</summary>
    public static Subscription? ReadSubscription(byte[] bytes)
    {
        var reader = new ProtocolReader(bytes);
        var version = reader.ReadInt16();
        var topics = reader.ReadStringArray();
        var userData = reader.ReadNullableBytes();
        var owned = version >= FirstWithOwned ? Partitions(reader.ReadArray<NamedPartitions>(version)) : null;
        if (version >= FirstWithGeneration)
            reader.ReadInt32();
        var rack = version >= FirstWithRack ? reader.ReadNullableString() : null;
        return reader.Failed || version < 0 ? null : new Subscription(version, topics, userData, owned, rack);
    }

    /// <summary>Null when the bytes are no assignment; none at all are an empty one.</summary>
    public static IReadOnlyList<TopicPartition>? ReadAssignment(byte[] bytes)
    {
        if (bytes.Length == 0)
            return [];

        var reader = new ProtocolReader(bytes);
        var version = reader.ReadInt16();
        var partitions = Partitions(reader.ReadArray<NamedPartitions>(version));
        reader.ReadNullableBytes();
        return reader.Failed || version < 0 ? null : partitions;
    }

    public static byte[] WriteAssignment(short version, IEnumerable<TopicPartition> partitions)
    {
        using var buffer = new FrameBuffer();
        var writer = new ProtocolWriter(buffer);
        writer.WriteInt16(version);
        writer.WriteArray([.. partitions.GroupBy(p => p.Topic).Select(t => new NamedPartitions(t.Key, [.. t.Select(p => p.Partition)]))], version);
        writer.WriteNullableBytes(null);
        return buffer.Written.ToArray();
    }

    private static List<TopicPartition> Partitions(IReadOnlyList<NamedPartitions> topics) =>
        [.. topics.SelectMany(topic => topic.Partitions.Select(p => new TopicPartition(topic.Topic, p)))];

    private readonly struct NamedPartitions(string topic, IReadOnlyList<int> partitions) : IMessage<NamedPartitions>
    {
        public string Topic { get; } = topic;

        public IReadOnlyList<int> Partitions { get; } = partitions;

        public static NamedPartitions Read(ref ProtocolReader reader, short version) => new(reader.ReadString(), reader.ReadInt32Array());

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Topic);
            writer.WriteInt32Array(Partitions);
        }
    }
}
