using Broker.Protocol;

namespace Broker.Groups.Consumer;

/// <summary>
/// The bytes of a <see cref="ConsumerRecord"/>, as Kafka 4.3 writes them: the key opens with its kind, the value with version 0,
/// and a value is flexible. Kafka's kind 4 (metadata of partitions, until 4.0) is neither written nor kept.
/// </summary>
internal static class ConsumerRecordFormat
{
    private const short EpochKind = 3;
    private const short MemberKind = 5;
    private const short TargetEpochKind = 6;
    private const short TargetKind = 7;
    private const short CurrentKind = 8;
    private const short RegexKind = 16;

    private const short ValueVersion = 0;
    private const uint MetadataHashTag = 0;

    public static void WriteKey(ref ProtocolWriter writer, ConsumerRecord record)
    {
        writer.WriteInt16(record switch
        {
            GroupEpochRecord => EpochKind,
            MemberMetadataRecord => MemberKind,
            TargetEpochRecord => TargetEpochKind,
            TargetAssignmentRecord => TargetKind,
            CurrentAssignmentRecord => CurrentKind,
            RegexRecord => RegexKind,
            _ => throw new ArgumentOutOfRangeException(nameof(record)),
        });
        writer.WriteString(record.GroupId);
        if (record is MemberMetadataRecord { MemberId: var member })
            writer.WriteString(member);
        else if (record is TargetAssignmentRecord { MemberId: var targeted })
            writer.WriteString(targeted);
        else if (record is CurrentAssignmentRecord { MemberId: var holder })
            writer.WriteString(holder);
        else if (record is RegexRecord { Regex: var regex })
            writer.WriteString(regex);
    }

    /// <summary>False for a removal, which has no value.</summary>
    public static bool HasValue(ConsumerRecord record) => record
        is GroupEpochRecord { Value: not null } or MemberMetadataRecord { Value: not null } or TargetEpochRecord { Epoch: not null }
        or TargetAssignmentRecord { Value: not null } or CurrentAssignmentRecord { Value: not null } or RegexRecord { Value: not null };

    /// <param name="buffer">Where to.</param>
    /// <param name="record">One that has a value.</param>
    public static void WriteValue(FrameBuffer buffer, ConsumerRecord record)
    {
        var writer = new ProtocolWriter(buffer, flexible: true);
        writer.WriteInt16(ValueVersion);
        switch (record)
        {
            case GroupEpochRecord { Value: { } value }:
                writer.WriteInt32(value.Epoch);
                writer.WriteTagCount(1);
                var start = writer.BeginTag(MetadataHashTag);
                writer.WriteInt64(value.MetadataHash);
                writer.EndTag(start);
                break;

            case MemberMetadataRecord { Value: { } value }:
                MemberMetadataFormat.Write(ref writer, value);
                break;

            case TargetEpochRecord { Epoch: { } epoch }:
                writer.WriteInt32(epoch);
                writer.WriteTagCount();
                break;

            case TargetAssignmentRecord { Value: { } value }:
                writer.WriteArray(AssignmentFormat.Group(value), ValueVersion);
                writer.WriteTagCount();
                break;

            case CurrentAssignmentRecord { Value: { } value }:
                writer.WriteInt32(value.Epoch);
                writer.WriteInt32(value.PreviousEpoch);
                writer.WriteInt8((sbyte)value.State);
                writer.WriteArray(AssignmentFormat.Group(value.Assigned), ValueVersion);
                writer.WriteArray(AssignmentFormat.Group(value.PendingRevocation), ValueVersion);
                writer.WriteTagCount();
                break;

            case RegexRecord { Value: { } value }:
                writer.WriteStringArray(value.Topics);
                writer.WriteInt64(value.Version);
                writer.WriteInt64(value.TimestampMs);
                writer.WriteTagCount();
                break;
        }
    }

    /// <summary>Null for a record of another kind.</summary>
    /// <param name="kind">What the key opens with.</param>
    /// <param name="key">Stands behind it.</param>
    /// <param name="value">Null for a removal.</param>
    /// <exception cref="InvalidDataException">The value is no such record's.</exception>
    public static ConsumerRecord? Read(short kind, ref ProtocolReader key, Memory<byte>? value)
    {
        if (kind is not (EpochKind or MemberKind or TargetEpochKind or TargetKind or CurrentKind or RegexKind))
            return null;

        var groupId = key.ReadString();
        var name = kind is EpochKind or TargetEpochKind ? "" : key.ReadString();
        if (value is not { } bytes)
            return Removal(kind, groupId, name);

        var reader = new ProtocolReader(bytes, flexible: true);
        var version = reader.ReadInt16();
        ConsumerRecord record = kind switch
        {
            EpochKind => new GroupEpochRecord(groupId, ReadEpoch(ref reader)),
            MemberKind => new MemberMetadataRecord(groupId, name, MemberMetadataFormat.Read(ref reader)),
            TargetEpochKind => new TargetEpochRecord(groupId, reader.ReadInt32()),
            TargetKind => new TargetAssignmentRecord(groupId, name, AssignmentFormat.Partitions(reader.ReadArray<AssignmentFormat>(ValueVersion))),
            CurrentKind => new CurrentAssignmentRecord(groupId, name, ReadCurrent(ref reader)),
            _ => new RegexRecord(groupId, name, new ResolvedRegex(ValueSet<string>.Of(reader.ReadStringArray()), reader.ReadInt64(), reader.ReadInt64())),
        };
        if (kind is not (EpochKind or MemberKind))
            reader.SkipTaggedFields();
        return version == ValueVersion && !reader.Failed
            ? record
            : throw new InvalidDataException($"A record of the offsets topic of kind {kind} has a value of version {version} that cannot be read.");
    }

    private static ConsumerRecord Removal(short kind, string groupId, string name) => kind switch
    {
        EpochKind => new GroupEpochRecord(groupId, null),
        MemberKind => new MemberMetadataRecord(groupId, name, null),
        TargetEpochKind => new TargetEpochRecord(groupId, null),
        TargetKind => new TargetAssignmentRecord(groupId, name, null),
        CurrentKind => new CurrentAssignmentRecord(groupId, name, null),
        _ => new RegexRecord(groupId, name, null),
    };

    private static GroupEpoch ReadEpoch(ref ProtocolReader reader)
    {
        var epoch = reader.ReadInt32();
        var hash = 0L;
        for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
        {
            if (reader.ReadTag(out var end) == MetadataHashTag)
                hash = reader.ReadInt64();
            reader.EndTag(end);
        }

        return new GroupEpoch(epoch, hash);
    }

    private static CurrentAssignment ReadCurrent(ref ProtocolReader reader)
    {
        var epoch = reader.ReadInt32();
        var previous = reader.ReadInt32();
        var state = (MemberState)reader.ReadInt8();
        var assigned = AssignmentFormat.Held(reader.ReadArray<AssignmentFormat>(ValueVersion), epoch);
        var pending = AssignmentFormat.Held(reader.ReadArray<AssignmentFormat>(ValueVersion), epoch);
        return new CurrentAssignment(epoch, previous, state, assigned, pending);
    }
}
