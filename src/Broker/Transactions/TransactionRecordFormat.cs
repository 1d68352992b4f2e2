using Broker.Groups;
using Broker.Protocol;

namespace Broker.Transactions;

/// <summary>
/// The bytes of a transactional id and its state: Kafka's TransactionLogKey 0 and TransactionLogValue, so that Kafka's tools read
/// our <c>__transaction_state</c> and we read theirs. Written: value version 1. Read: 0 and 1.
/// </summary>
internal static class TransactionRecordFormat
{
    private const short KeyVersion = 0;
    private const short ValueVersion = 1;
    private const short FirstFlexibleVersion = 1;

    private const uint PreviousProducerIdTag = 0;
    private const uint NextProducerIdTag = 1;
    private const uint ClientVersionTag = 2;

    public static byte[] Key(string transactionalId)
    {
        using var buffer = new FrameBuffer();
        var writer = new ProtocolWriter(buffer);
        writer.WriteInt16(KeyVersion);
        writer.WriteString(transactionalId);
        return buffer.Written.ToArray();
    }

    public static byte[] Value(TransactionState state)
    {
        using var buffer = new FrameBuffer();
        var writer = new ProtocolWriter(buffer, flexible: true);
        writer.WriteInt16(ValueVersion);
        writer.WriteInt64(state.ProducerId);
        writer.WriteInt16(state.ProducerEpoch);
        writer.WriteInt32(state.TimeoutMs);
        writer.WriteInt8((sbyte)state.Status);
        writer.WriteNullableArray(state.Status == TransactionStatus.Empty ? null : Topics(state.Partitions), ValueVersion);
        writer.WriteInt64(state.LastUpdateTimestampMs);
        writer.WriteInt64(state.StartTimestampMs);
        WriteTags(ref writer, state);
        return buffer.Written.ToArray();
    }

    /// <summary>Null for a record of a kind this broker does not keep; a null state is a removal.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such record.</exception>
    public static (string TransactionalId, TransactionState? State)? Read(Memory<byte> key, Memory<byte>? value)
    {
        var reader = new ProtocolReader(key);
        var version = reader.ReadInt16();
        if (version != KeyVersion && !reader.Failed)
            return null;

        var id = reader.ReadString();
        return reader.Failed
            ? throw new InvalidDataException($"A record of the transaction state has a key of version {version} that cannot be read.")
            : (id, value is { } bytes ? ReadState(bytes) : null);
    }

    private static TransactionState ReadState(Memory<byte> value)
    {
        var reader = new ProtocolReader(value);
        var version = reader.ReadInt16();
        if (version > ValueVersion)
            throw new InvalidDataException($"A record of the transaction state has a value of version {version}: a newer broker wrote it.");
        reader.Flexible = version >= FirstFlexibleVersion;
        var state = new TransactionState
        {
            ProducerId = reader.ReadInt64(),
            ProducerEpoch = reader.ReadInt16(),
            TimeoutMs = reader.ReadInt32(),
            Status = (TransactionStatus)reader.ReadInt8(),
            Partitions = Partitions(reader.ReadNullableArray<StoredTopicMessage>(version) ?? []),
            LastUpdateTimestampMs = reader.ReadInt64(),
            StartTimestampMs = reader.ReadInt64(),
        };
        state = ReadTags(ref reader, state);
        return reader.Failed || version < 0 || !Enum.IsDefined(state.Status)
            ? throw new InvalidDataException($"A record of the transaction state has a value of version {version} that cannot be read.")
            : state;
    }

    private static void WriteTags(ref ProtocolWriter writer, TransactionState state)
    {
        // A field at its default is left out.
        var hasPrevious = state.PreviousProducerId >= 0;
        var hasNext = state.NextProducerId >= 0;
        var hasClientVersion = state.ClientVersion != TransactionState.FirstDialect;
        writer.WriteTagCount((hasPrevious ? 1 : 0) + (hasNext ? 1 : 0) + (hasClientVersion ? 1 : 0));
        if (hasPrevious)
            WriteTag(ref writer, PreviousProducerIdTag, state.PreviousProducerId);
        if (hasNext)
            WriteTag(ref writer, NextProducerIdTag, state.NextProducerId);
        if (!hasClientVersion)
            return;

        var start = writer.BeginTag(ClientVersionTag);
        writer.WriteInt16(state.ClientVersion);
        writer.EndTag(start);
    }

    private static void WriteTag(ref ProtocolWriter writer, uint tag, long value)
    {
        var start = writer.BeginTag(tag);
        writer.WriteInt64(value);
        writer.EndTag(start);
    }

    private static TransactionState ReadTags(ref ProtocolReader reader, TransactionState state)
    {
        for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
        {
            state = reader.ReadTag(out var end) switch
            {
                PreviousProducerIdTag => state with { PreviousProducerId = reader.ReadInt64() },
                NextProducerIdTag => state with { NextProducerId = reader.ReadInt64() },
                ClientVersionTag => state with { ClientVersion = reader.ReadInt16() },
                _ => state,
            };
            reader.EndTag(end);
        }

        return state;
    }

    private static StoredTopicMessage[] Topics(IEnumerable<TopicPartition> partitions) =>
        [.. partitions.GroupBy(p => p.Topic).Select(topic => new StoredTopicMessage(topic.Key, [.. topic.Select(p => p.Partition)]))];

    private static HashSet<TopicPartition> Partitions(IEnumerable<StoredTopicMessage> topics) =>
        [.. topics.SelectMany(topic => topic.Partitions.Select(index => new TopicPartition(topic.Topic, index)))];
}
