using Broker.Protocol;

namespace Broker.Transactions;

/// <summary>A topic inside TransactionLogValue, as the array reader and writer want it.</summary>
internal readonly struct StoredTopicMessage(string topic, IReadOnlyList<int> partitions) : IMessage<StoredTopicMessage>
{
    public string Topic { get; } = topic;

    public IReadOnlyList<int> Partitions { get; } = partitions;

    public static StoredTopicMessage Read(ref ProtocolReader reader, short version)
    {
        var topic = reader.ReadString();
        var partitions = reader.ReadInt32Array();
        reader.SkipTaggedFields();
        return new(topic, partitions);
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(Topic);
        writer.WriteInt32Array(Partitions);
        writer.WriteTagCount();
    }
}
