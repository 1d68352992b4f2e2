using Broker.Protocol;

namespace Broker.Groups;

/// <summary>A member inside GroupMetadataValue, as the array reader and writer want it.</summary>
internal readonly struct StoredMemberMessage(StoredMember member) : IMessage<StoredMemberMessage>
{
    public StoredMember Member { get; } = member;

    public static StoredMemberMessage Read(ref ProtocolReader reader, short version)
    {
        var id = reader.ReadString();
        var instanceId = version >= 3 ? reader.ReadNullableString() : null;
        var clientId = reader.ReadString();
        var clientHost = reader.ReadString();
        var rebalanceTimeoutMs = version >= 1 ? reader.ReadInt32() : -1;
        var sessionTimeoutMs = reader.ReadInt32();
        var subscription = reader.ReadBytes();
        var assignment = reader.ReadBytes();
        reader.SkipTaggedFields();

        // Version 0 knew one timeout for both purposes.
        return new(new StoredMember(
            id, instanceId, clientId, clientHost, rebalanceTimeoutMs < 0 ? sessionTimeoutMs : rebalanceTimeoutMs,
            sessionTimeoutMs, subscription, assignment));
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteString(Member.Id);
        if (version >= 3)
            writer.WriteNullableString(Member.InstanceId);
        writer.WriteString(Member.ClientId);
        writer.WriteString(Member.ClientHost);
        if (version >= 1)
            writer.WriteInt32(Member.RebalanceTimeoutMs);
        writer.WriteInt32(Member.SessionTimeoutMs);
        writer.WriteBytes(Member.Subscription);
        writer.WriteBytes(Member.Assignment);
        writer.WriteTagCount();
    }
}
