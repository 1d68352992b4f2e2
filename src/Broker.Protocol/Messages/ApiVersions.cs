namespace Broker.Protocol.Messages;

/// <summary>
/// Versions 0-4. The one request whose unknown versions are answered too: error 35 in the form of version 0.
/// Its header has no tagged fields in any version. Version 3 leaves out features whose minimum is 0; 4 may carry them.
/// </summary>
public sealed class ApiVersionsRequest : IRequest<ApiVersionsRequest>
{
    public static ApiKey ApiKey => ApiKey.ApiVersions;

    public static ApiVersionRange Versions => new(0, 4);

    public string ClientSoftwareName { get; set; } = "";
    public string ClientSoftwareVersion { get; set; } = "";

    public static ApiVersionsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new ApiVersionsRequest();
        if (version >= 3)
        {
            request.ClientSoftwareName = reader.ReadString();
            request.ClientSoftwareVersion = reader.ReadString();
        }

        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        if (version >= 3)
        {
            writer.WriteString(ClientSoftwareName);
            writer.WriteString(ClientSoftwareVersion);
        }

        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="ApiVersionsRequest"/>
public sealed class ApiVersionsResponse : IMessage<ApiVersionsResponse>, IThrottledResponse
{
    public ErrorCode ErrorCode { get; set; }
    public IReadOnlyList<ApiVersion> ApiKeys { get; set; } = [];
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<SupportedFeatureKey> SupportedFeatures { get; set; } = [];
    public long FinalizedFeaturesEpoch { get; set; } = -1;
    public IReadOnlyList<FinalizedFeatureKey> FinalizedFeatures { get; set; } = [];
    public bool ZkMigrationReady { get; set; }

    public static ApiVersionsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new ApiVersionsResponse();
        response.ErrorCode = reader.ReadErrorCode();
        response.ApiKeys = reader.ReadArray<ApiVersion>(version);
        if (version >= 1)
            response.ThrottleTimeMs = reader.ReadInt32();
        for (var left = reader.ReadTagCount(); left > 0 && !reader.Failed; left--)
        {
            switch (reader.ReadTag(out var end))
            {
                case 0:
                    response.SupportedFeatures = reader.ReadArray<SupportedFeatureKey>(version);
                    break;
                case 1:
                    response.FinalizedFeaturesEpoch = reader.ReadInt64();
                    break;
                case 2:
                    response.FinalizedFeatures = reader.ReadArray<FinalizedFeatureKey>(version);
                    break;
                case 3:
                    response.ZkMigrationReady = reader.ReadBoolean();
                    break;
            }

            reader.EndTag(end);
        }

        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteErrorCode(ErrorCode);
        writer.WriteArray(ApiKeys, version);
        if (version >= 1)
            writer.WriteInt32(ThrottleTimeMs);

        if (!writer.Flexible)
            return;

        var hasSupportedFeatures = SupportedFeatures.Count > 0;
        var hasFinalizedFeaturesEpoch = FinalizedFeaturesEpoch != -1;
        var hasFinalizedFeatures = FinalizedFeatures.Count > 0;
        var hasZkMigrationReady = ZkMigrationReady;
        writer.WriteTagCount((hasSupportedFeatures ? 1 : 0) + (hasFinalizedFeaturesEpoch ? 1 : 0) + (hasFinalizedFeatures ? 1 : 0) + (hasZkMigrationReady ? 1 : 0));
        if (hasSupportedFeatures)
        {
            var tag = writer.BeginTag(0);
            writer.WriteArray(SupportedFeatures, version);
            writer.EndTag(tag);
        }

        if (hasFinalizedFeaturesEpoch)
        {
            var tag = writer.BeginTag(1);
            writer.WriteInt64(FinalizedFeaturesEpoch);
            writer.EndTag(tag);
        }

        if (hasFinalizedFeatures)
        {
            var tag = writer.BeginTag(2);
            writer.WriteArray(FinalizedFeatures, version);
            writer.EndTag(tag);
        }

        if (hasZkMigrationReady)
        {
            var tag = writer.BeginTag(3);
            writer.WriteBoolean(ZkMigrationReady);
            writer.EndTag(tag);
        }
    }

    public sealed class ApiVersion : IMessage<ApiVersion>
    {
        public ApiKey ApiKey { get; set; }
        public short MinVersion { get; set; }
        public short MaxVersion { get; set; }

        public static ApiVersion Read(ref ProtocolReader reader, short version)
        {
            var item = new ApiVersion();
            item.ApiKey = (ApiKey)reader.ReadInt16();
            item.MinVersion = reader.ReadInt16();
            item.MaxVersion = reader.ReadInt16();
            reader.SkipTaggedFields();
            return item;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt16((short)ApiKey);
            writer.WriteInt16(MinVersion);
            writer.WriteInt16(MaxVersion);
            writer.WriteTagCount();
        }
    }

    public sealed class SupportedFeatureKey : IMessage<SupportedFeatureKey>
    {
        public string Name { get; set; } = "";
        public short MinVersion { get; set; }
        public short MaxVersion { get; set; }

        public static SupportedFeatureKey Read(ref ProtocolReader reader, short version)
        {
            var item = new SupportedFeatureKey();
            item.Name = reader.ReadString();
            item.MinVersion = reader.ReadInt16();
            item.MaxVersion = reader.ReadInt16();
            reader.SkipTaggedFields();
            return item;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteInt16(MinVersion);
            writer.WriteInt16(MaxVersion);
            writer.WriteTagCount();
        }
    }

    public sealed class FinalizedFeatureKey : IMessage<FinalizedFeatureKey>
    {
        public string Name { get; set; } = "";
        public short MaxVersionLevel { get; set; }
        public short MinVersionLevel { get; set; }

        public static FinalizedFeatureKey Read(ref ProtocolReader reader, short version)
        {
            var item = new FinalizedFeatureKey();
            item.Name = reader.ReadString();
            item.MaxVersionLevel = reader.ReadInt16();
            item.MinVersionLevel = reader.ReadInt16();
            reader.SkipTaggedFields();
            return item;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Name);
            writer.WriteInt16(MaxVersionLevel);
            writer.WriteInt16(MinVersionLevel);
            writer.WriteTagCount();
        }
    }
}
