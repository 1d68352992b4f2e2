namespace Broker.Protocol.Messages;

/// <summary>Versions 0-1. 0: client metrics resources only. 1: any type of resource (KIP-1142).</summary>
public sealed class ListConfigResourcesRequest : IRequest<ListConfigResourcesRequest>
{
    public static ApiKey ApiKey => ApiKey.ListConfigResources;

    public static ApiVersionRange Versions => new(0, 1);

    public IReadOnlyList<sbyte> ResourceTypes { get; set; } = [];

    public static ListConfigResourcesRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new ListConfigResourcesRequest();
        if (version >= 1)
            request.ResourceTypes = reader.ReadInt8Array();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 1)
            writer.WriteInt8Array(ResourceTypes);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="ListConfigResourcesRequest"/>
public sealed class ListConfigResourcesResponse : IMessage<ListConfigResourcesResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public IReadOnlyList<ConfigResource> ConfigResources { get; set; } = [];

    public static ListConfigResourcesResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new ListConfigResourcesResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        response.ConfigResources = reader.ReadArray<ConfigResource>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        writer.WriteArray(ConfigResources, version);
        writer.WriteTagCount();
    }

    public sealed class ConfigResource : IMessage<ConfigResource>
    {
        public string ResourceName { get; set; } = "";
        public sbyte ResourceType { get; set; } = 16;

        public static ConfigResource Read(ref ProtocolReader reader, short version)
        {
            var resource = new ConfigResource();
            resource.ResourceName = reader.ReadString();
            if (version >= 1)
                resource.ResourceType = reader.ReadInt8();
            reader.SkipTaggedFields();
            return resource;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(ResourceName);
            if (version >= 1)
                writer.WriteInt8(ResourceType);
            writer.WriteTagCount();
        }
    }
}
