namespace Broker.Protocol.Messages;

/// <summary>Versions 0-1. Operations: 0 set, 1 delete, 2 append, 3 subtract.</summary>
public sealed class IncrementalAlterConfigsRequest : IRequest<IncrementalAlterConfigsRequest>
{
    public static ApiKey ApiKey => ApiKey.IncrementalAlterConfigs;

    public static ApiVersionRange Versions => new(0, 1);

    public IReadOnlyList<AlterConfigsResource> Resources { get; set; } = [];
    public bool ValidateOnly { get; set; }

    public static IncrementalAlterConfigsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new IncrementalAlterConfigsRequest();
        request.Resources = reader.ReadArray<AlterConfigsResource>(version);
        request.ValidateOnly = reader.ReadBoolean();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteArray(Resources, version);
        writer.WriteBoolean(ValidateOnly);
        writer.WriteTagCount();
    }

    public sealed class AlterConfigsResource : IMessage<AlterConfigsResource>
    {
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";
        public IReadOnlyList<AlterableConfig> Configs { get; set; } = [];

        public static AlterConfigsResource Read(ref ProtocolReader reader, short version)
        {
            var resource = new AlterConfigsResource();
            resource.ResourceType = reader.ReadInt8();
            resource.ResourceName = reader.ReadString();
            resource.Configs = reader.ReadArray<AlterableConfig>(version);
            reader.SkipTaggedFields();
            return resource;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt8(ResourceType);
            writer.WriteString(ResourceName);
            writer.WriteArray(Configs, version);
            writer.WriteTagCount();
        }
    }

    public sealed class AlterableConfig : IMessage<AlterableConfig>
    {
        public string Name { get; set; } = "";
        public sbyte ConfigOperation { get; set; }
        public string? Value { get; set; }

        public static AlterableConfig Read(ref ProtocolReader reader, short version)
        {
            var config = new AlterableConfig();
            config.Name = reader.ReadString();
            config.ConfigOperation = reader.ReadInt8();
            config.Value = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return config;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteInt8(ConfigOperation);
            writer.WriteNullableString(Value);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="IncrementalAlterConfigsRequest"/>
public sealed class IncrementalAlterConfigsResponse : IMessage<IncrementalAlterConfigsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<AlterConfigsResourceResponse> Responses { get; set; } = [];

    public static IncrementalAlterConfigsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new IncrementalAlterConfigsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Responses = reader.ReadArray<AlterConfigsResourceResponse>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Responses, version);
        writer.WriteTagCount();
    }

    public sealed class AlterConfigsResourceResponse : IMessage<AlterConfigsResourceResponse>
    {
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";

        public static AlterConfigsResourceResponse Read(ref ProtocolReader reader, short version)
        {
            var response = new AlterConfigsResourceResponse();
            response.ErrorCode = reader.ReadErrorCode();
            response.ErrorMessage = reader.ReadNullableString();
            response.ResourceType = reader.ReadInt8();
            response.ResourceName = reader.ReadString();
            reader.SkipTaggedFields();
            return response;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(ErrorMessage);
            writer.WriteInt8(ResourceType);
            writer.WriteString(ResourceName);
            writer.WriteTagCount();
        }
    }
}
