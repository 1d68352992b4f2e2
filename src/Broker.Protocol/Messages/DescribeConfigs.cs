namespace Broker.Protocol.Messages;

/// <summary>Versions 1-4. 1: sources and synonyms. 3: types and documentation.</summary>
public sealed class DescribeConfigsRequest : IRequest<DescribeConfigsRequest>
{
    public static ApiKey ApiKey => ApiKey.DescribeConfigs;

    public static ApiVersionRange Versions => new(1, 4);

    public IReadOnlyList<DescribeConfigsResource> Resources { get; set; } = [];
    public bool IncludeSynonyms { get; set; }
    public bool IncludeDocumentation { get; set; }

    public static DescribeConfigsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DescribeConfigsRequest();
        request.Resources = reader.ReadArray<DescribeConfigsResource>(version);
        request.IncludeSynonyms = reader.ReadBoolean();
        if (version >= 3)
            request.IncludeDocumentation = reader.ReadBoolean();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteArray(Resources, version);
        writer.WriteBoolean(IncludeSynonyms);
        if (version >= 3)
            writer.WriteBoolean(IncludeDocumentation);
        writer.WriteTagCount();
    }

    public sealed class DescribeConfigsResource : IMessage<DescribeConfigsResource>
    {
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";
        public IReadOnlyList<string>? ConfigurationKeys { get; set; } = [];

        public static DescribeConfigsResource Read(ref ProtocolReader reader, short version)
        {
            var resource = new DescribeConfigsResource();
            resource.ResourceType = reader.ReadInt8();
            resource.ResourceName = reader.ReadString();
            resource.ConfigurationKeys = reader.ReadNullableStringArray();
            reader.SkipTaggedFields();
            return resource;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt8(ResourceType);
            writer.WriteString(ResourceName);
            writer.WriteNullableStringArray(ConfigurationKeys);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="DescribeConfigsRequest"/>
public sealed class DescribeConfigsResponse : IMessage<DescribeConfigsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<DescribeConfigsResult> Results { get; set; } = [];

    public static DescribeConfigsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DescribeConfigsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Results = reader.ReadArray<DescribeConfigsResult>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Results, version);
        writer.WriteTagCount();
    }

    public sealed class DescribeConfigsResult : IMessage<DescribeConfigsResult>
    {
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";
        public IReadOnlyList<DescribeConfigsResourceResult> Configs { get; set; } = [];

        public static DescribeConfigsResult Read(ref ProtocolReader reader, short version)
        {
            var result = new DescribeConfigsResult();
            result.ErrorCode = reader.ReadErrorCode();
            result.ErrorMessage = reader.ReadNullableString();
            result.ResourceType = reader.ReadInt8();
            result.ResourceName = reader.ReadString();
            result.Configs = reader.ReadArray<DescribeConfigsResourceResult>(version);
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(ErrorMessage);
            writer.WriteInt8(ResourceType);
            writer.WriteString(ResourceName);
            writer.WriteArray(Configs, version);
            writer.WriteTagCount();
        }
    }

    public sealed class DescribeConfigsResourceResult : IMessage<DescribeConfigsResourceResult>
    {
        public string Name { get; set; } = "";
        public string? Value { get; set; }
        public bool ReadOnly { get; set; }
        public sbyte ConfigSource { get; set; } = -1;
        public bool IsSensitive { get; set; }
        public IReadOnlyList<DescribeConfigsSynonym> Synonyms { get; set; } = [];
        public sbyte ConfigType { get; set; }
        public string? Documentation { get; set; }

        public static DescribeConfigsResourceResult Read(ref ProtocolReader reader, short version)
        {
            var result = new DescribeConfigsResourceResult();
            result.Name = reader.ReadString();
            result.Value = reader.ReadNullableString();
            result.ReadOnly = reader.ReadBoolean();
            result.ConfigSource = reader.ReadInt8();
            result.IsSensitive = reader.ReadBoolean();
            result.Synonyms = reader.ReadArray<DescribeConfigsSynonym>(version);

            if (version >= 3)
            {
                result.ConfigType = reader.ReadInt8();
                result.Documentation = reader.ReadNullableString();
            }

            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteNullableString(Value);
            writer.WriteBoolean(ReadOnly);
            writer.WriteInt8(ConfigSource);
            writer.WriteBoolean(IsSensitive);
            writer.WriteArray(Synonyms, version);

            if (version >= 3)
            {
                writer.WriteInt8(ConfigType);
                writer.WriteNullableString(Documentation);
            }

            writer.WriteTagCount();
        }
    }

    public sealed class DescribeConfigsSynonym : IMessage<DescribeConfigsSynonym>
    {
        public string Name { get; set; } = "";
        public string? Value { get; set; }
        public sbyte Source { get; set; }

        public static DescribeConfigsSynonym Read(ref ProtocolReader reader, short version)
        {
            var synonym = new DescribeConfigsSynonym();
            synonym.Name = reader.ReadString();
            synonym.Value = reader.ReadNullableString();
            synonym.Source = reader.ReadInt8();
            reader.SkipTaggedFields();
            return synonym;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteNullableString(Value);
            writer.WriteInt8(Source);
            writer.WriteTagCount();
        }
    }
}
