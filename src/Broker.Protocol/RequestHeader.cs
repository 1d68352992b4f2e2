namespace Broker.Protocol;

/// <summary>
/// What precedes every request. Version 2 adds tagged fields, but the client id stays a plain string in it. (Version 0, without
/// a client id, was only ever sent with ControlledShutdown 0, which no broker takes any more.)
/// </summary>
public readonly record struct RequestHeader(ApiKey ApiKey, short ApiVersion, int CorrelationId, string? ClientId)
{
    /// <summary>
    /// Reads the header and leaves <paramref name="reader"/> set for the body. Of a key or version that is unknown only the first
    /// three fields mean anything; the caller decides by them.
    /// </summary>
    public static RequestHeader Read(ref ProtocolReader reader)
    {
        reader.Flexible = false;
        var key = (ApiKey)reader.ReadInt16();
        var version = reader.ReadInt16();
        var header = new RequestHeader(key, version, reader.ReadInt32(), reader.ReadNullableString());

        reader.Flexible = key.IsFlexible(version);
        reader.SkipTaggedFields();
        return header;
    }

    /// <summary>Writes the header; the body needs a writer of its own, flexible as <see cref="FlexibleVersions.IsFlexible"/> says.</summary>
    public void Write(FrameBuffer buffer)
    {
        var writer = new ProtocolWriter(buffer);
        writer.WriteInt16((short)ApiKey);
        writer.WriteInt16(ApiVersion);
        writer.WriteInt32(CorrelationId);
        writer.WriteNullableString(ClientId);
        new ProtocolWriter(buffer, ApiKey.IsFlexible(ApiVersion)).WriteTagCount();
    }
}
