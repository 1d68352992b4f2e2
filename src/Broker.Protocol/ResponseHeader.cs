namespace Broker.Protocol;

/// <summary>What precedes every response.</summary>
public readonly record struct ResponseHeader(int CorrelationId)
{
    /// <summary>Leaves <paramref name="reader"/> set for the body.</summary>
    public static ResponseHeader Read(ref ProtocolReader reader, ApiKey key, short version)
    {
        reader.Flexible = HasTaggedFields(key, version);
        var header = new ResponseHeader(reader.ReadInt32());
        reader.SkipTaggedFields();
        reader.Flexible = key.IsFlexible(version);
        return header;
    }

    public void Write(FrameBuffer buffer, ApiKey key, short version)
    {
        var writer = new ProtocolWriter(buffer, HasTaggedFields(key, version));
        writer.WriteInt32(CorrelationId);
        writer.WriteTagCount();
    }

    /// <summary>A client reads the ApiVersions answer before it knows what the broker speaks, so that header stays at version 0 for ever.</summary>
    private static bool HasTaggedFields(ApiKey key, short version) => key != ApiKey.ApiVersions && key.IsFlexible(version);
}
