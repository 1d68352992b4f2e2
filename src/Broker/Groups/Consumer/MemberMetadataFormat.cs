using Broker.Protocol;

namespace Broker.Groups.Consumer;

/// <summary>The fields of a stored <see cref="MemberMetadata"/>.</summary>
internal static class MemberMetadataFormat
{
    private const short Version = 0;
    private const uint ClassicTag = 0;

    public static void Write(ref ProtocolWriter writer, MemberMetadata member)
    {
        writer.WriteNullableString(member.InstanceId);
        writer.WriteNullableString(member.RackId);
        writer.WriteString(member.ClientId);
        writer.WriteString(member.ClientHost);
        writer.WriteStringArray(member.TopicNames);
        writer.WriteNullableString(member.TopicRegex);
        writer.WriteInt32(member.RebalanceTimeoutMs);
        writer.WriteNullableString(member.Assignor);
        writer.WriteTagCount(member.Classic is null ? 0 : 1);
        if (member.Classic is not { } classic)
            return;

        var start = writer.BeginTag(ClassicTag);
        writer.WriteInt8(1);
        writer.WriteInt32(classic.SessionTimeoutMs);
        writer.WriteArray([.. classic.Protocols.Select(p => new ProtocolFormat(p))], Version);
        writer.WriteTagCount();
        writer.EndTag(start);
    }

    public static MemberMetadata Read(ref ProtocolReader reader)
    {
        var instanceId = reader.ReadNullableString();
        var rackId = reader.ReadNullableString();
        var clientId = reader.ReadString();
        var clientHost = reader.ReadString();
        var names = ValueSet<string>.Of(reader.ReadStringArray());
        var regex = reader.ReadNullableString();
        var rebalanceTimeoutMs = reader.ReadInt32();
        var assignor = reader.ReadNullableString();
        ClassicMember? classic = null;
        for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
        {
            if (reader.ReadTag(out var end) == ClassicTag && reader.ReadInt8() >= 0)
                classic = new ClassicMember(reader.ReadInt32(), [.. reader.ReadArray<ProtocolFormat>(Version).Select(p => p.Protocol)]);
            reader.EndTag(end);
        }

        // A classic member without a protocol could not be answered; it has to join anew.
        if (classic is { Protocols.Count: 0 })
            classic = null;
        return new MemberMetadata(instanceId, rackId, clientId, clientHost, names, regex, rebalanceTimeoutMs, assignor, classic);
    }

    private readonly struct ProtocolFormat(MemberProtocol protocol) : IMessage<ProtocolFormat>
    {
        public MemberProtocol Protocol { get; } = protocol;

        public static ProtocolFormat Read(ref ProtocolReader reader, short version)
        {
            var protocol = new MemberProtocol(reader.ReadString(), reader.ReadBytes());
            reader.SkipTaggedFields();
            return new(protocol);
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Protocol.Name);
            writer.WriteBytes(Protocol.Metadata);
            writer.WriteTagCount();
        }
    }
}
