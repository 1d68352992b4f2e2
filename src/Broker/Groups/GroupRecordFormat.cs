using Broker.Groups.Consumer;
using Broker.Protocol;

namespace Broker.Groups;

/// <summary>
/// The bytes of a <see cref="GroupRecord"/>: Kafka's own record formats, so that Kafka's tools read our offsets topic and we read
/// theirs. A key and a value each open with a version (int16). Written: OffsetCommitKey 1, OffsetCommitValue 3 (1 when an
/// expiry is set, the only version that carries one), GroupMetadataKey 2, GroupMetadataValue 3. Read: those and the other versions.
/// The consumer protocol's are in <see cref="ConsumerRecordFormat"/>.
/// </summary>
internal static class GroupRecordFormat
{
    private const short OffsetKeyVersion = 1;
    private const short GroupKeyVersion = 2;
    private const short OffsetValueVersion = 3;
    private const short ExpiringOffsetValueVersion = 1;
    private const short GroupValueVersion = 3;
    private const short FirstFlexibleVersion = 4;

    public static byte[] Key(GroupRecord record) => Written((ref ProtocolWriter writer) =>
    {
        if (record is ConsumerRecord consumer)
        {
            ConsumerRecordFormat.WriteKey(ref writer, consumer);
            return;
        }

        writer.WriteInt16(record is OffsetRecord ? OffsetKeyVersion : GroupKeyVersion);
        writer.WriteString(record.GroupId);
        if (record is not OffsetRecord { Partition: var partition })
            return;
        writer.WriteString(partition.Topic);
        writer.WriteInt32(partition.Partition);
    });

    /// <summary>Null for a removal.</summary>
    public static byte[]? Value(GroupRecord record) => record switch
    {
        OffsetRecord { Value: { } offset } => Written((ref ProtocolWriter writer) => WriteOffset(ref writer, offset)),
        GenerationRecord { Value: { } generation } => Written((ref ProtocolWriter writer) => WriteGeneration(ref writer, generation)),
        ConsumerRecord consumer when ConsumerRecordFormat.HasValue(consumer) => Written(consumer),
        _ => null,
    };

    /// <summary>Null for a record of a kind this broker does not keep (other group protocols' key versions).</summary>
    /// <exception cref="InvalidDataException">The bytes are no such record.</exception>
    public static GroupRecord? Read(Memory<byte> key, Memory<byte>? value)
    {
        var reader = new ProtocolReader(key);
        var keyVersion = reader.ReadInt16();
        if (keyVersion is < 0 or > GroupKeyVersion && !reader.Failed)
            return ConsumerRecordFormat.Read(keyVersion, ref reader, value) is var read && !reader.Failed ? read : throw Unreadable("key", keyVersion);

        var groupId = reader.ReadString();
        GroupRecord record = keyVersion == GroupKeyVersion
            ? new GenerationRecord(groupId, value is { } generation ? ReadGeneration(generation) : null)
            : new OffsetRecord(groupId, new TopicPartition(reader.ReadString(), reader.ReadInt32()), value is { } offset ? ReadOffset(offset) : null);
        return reader.Failed ? throw Unreadable("key", keyVersion) : record;
    }

    private static void WriteOffset(ref ProtocolWriter writer, CommittedOffset offset)
    {
        var version = offset.ExpireTimestampMs >= 0 ? ExpiringOffsetValueVersion : OffsetValueVersion;
        writer.WriteInt16(version);
        writer.WriteInt64(offset.Offset);
        if (version >= 3)
            writer.WriteInt32(offset.LeaderEpoch);
        writer.WriteString(offset.Metadata);
        writer.WriteInt64(offset.CommitTimestampMs);
        if (version == ExpiringOffsetValueVersion)
            writer.WriteInt64(offset.ExpireTimestampMs);
    }

    private static CommittedOffset ReadOffset(Memory<byte> value)
    {
        var reader = OpenValue(value, out var version);
        var offset = reader.ReadInt64();
        var leaderEpoch = version >= 3 ? reader.ReadInt32() : -1;
        var metadata = reader.ReadString();
        var committed = reader.ReadInt64();
        var expires = version == ExpiringOffsetValueVersion ? reader.ReadInt64() : -1;
        return reader.Failed ? throw Unreadable("offset", version) : new CommittedOffset(offset, leaderEpoch, metadata, committed, expires);
    }

    private static void WriteGeneration(ref ProtocolWriter writer, StoredGeneration generation)
    {
        writer.WriteInt16(GroupValueVersion);
        writer.WriteString(generation.ProtocolType);
        writer.WriteInt32(generation.Generation);
        writer.WriteNullableString(generation.Protocol);
        writer.WriteNullableString(generation.Leader);
        writer.WriteInt64(generation.StateTimestampMs);
        writer.WriteArray([.. generation.Members.Select(m => new StoredMemberMessage(m))], GroupValueVersion);
    }

    private static StoredGeneration ReadGeneration(Memory<byte> value)
    {
        var reader = OpenValue(value, out var version);
        var protocolType = reader.ReadString();
        var generation = reader.ReadInt32();
        var protocol = reader.ReadNullableString();
        var leader = reader.ReadNullableString();
        var stateTimestamp = version >= 2 ? reader.ReadInt64() : -1;
        var members = reader.ReadArray<StoredMemberMessage>(version);
        if (reader.Failed)
            throw Unreadable("group", version);
        return new StoredGeneration(protocolType, generation, protocol, leader, stateTimestamp, [.. members.Select(m => m.Member)]);
    }

    private static ProtocolReader OpenValue(Memory<byte> value, out short version)
    {
        var reader = new ProtocolReader(value);
        version = reader.ReadInt16();
        if (version > FirstFlexibleVersion)
            throw new InvalidDataException($"A record of the offsets topic has a value of version {version}: a newer broker wrote it.");
        if (version < 0)
            throw Unreadable("value", version);
        reader.Flexible = version >= FirstFlexibleVersion;
        return reader;
    }

    private static byte[] Written(WriteFields write)
    {
        using var buffer = new FrameBuffer();
        var writer = new ProtocolWriter(buffer);
        write(ref writer);
        return buffer.Written.ToArray();
    }

    private static byte[] Written(ConsumerRecord record)
    {
        using var buffer = new FrameBuffer();
        ConsumerRecordFormat.WriteValue(buffer, record);
        return buffer.Written.ToArray();
    }

    private static InvalidDataException Unreadable(string what, short version) =>
        new($"A record of the offsets topic has a {what} of version {version} that cannot be read.");

    private delegate void WriteFields(ref ProtocolWriter writer);
}
