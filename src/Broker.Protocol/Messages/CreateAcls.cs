namespace Broker.Protocol.Messages;

/// <summary>Versions 1-3. 1: prefixed patterns (KIP-290). 3: the user resource type.</summary>
public sealed class CreateAclsRequest : IRequest<CreateAclsRequest>
{
    public static ApiKey ApiKey => ApiKey.CreateAcls;

    public static ApiVersionRange Versions => new(1, 3);

    public IReadOnlyList<AclCreation> Creations { get; set; } = [];

    public static CreateAclsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new CreateAclsRequest();
        request.Creations = reader.ReadArray<AclCreation>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteArray(Creations, version);
        writer.WriteTagCount();
    }

    public sealed class AclCreation : IMessage<AclCreation>
    {
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";
        public sbyte ResourcePatternType { get; set; } = 3;
        public string Principal { get; set; } = "";
        public string Host { get; set; } = "";
        public sbyte Operation { get; set; }
        public sbyte PermissionType { get; set; }

        public static AclCreation Read(ref ProtocolReader reader, short version)
        {
            var creation = new AclCreation();
            creation.ResourceType = reader.ReadInt8();
            creation.ResourceName = reader.ReadString();
            creation.ResourcePatternType = reader.ReadInt8();
            creation.Principal = reader.ReadString();
            creation.Host = reader.ReadString();
            creation.Operation = reader.ReadInt8();
            creation.PermissionType = reader.ReadInt8();
            reader.SkipTaggedFields();
            return creation;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt8(ResourceType);
            writer.WriteString(ResourceName);
            writer.WriteInt8(ResourcePatternType);
            writer.WriteString(Principal);
            writer.WriteString(Host);
            writer.WriteInt8(Operation);
            writer.WriteInt8(PermissionType);
            writer.WriteTagCount();
        }
    }
}

/// <inheritdoc cref="CreateAclsRequest"/>
public sealed class CreateAclsResponse : IMessage<CreateAclsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<AclCreationResult> Results { get; set; } = [];

    public static CreateAclsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new CreateAclsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.Results = reader.ReadArray<AclCreationResult>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(Results, version);
        writer.WriteTagCount();
    }

    public sealed class AclCreationResult : IMessage<AclCreationResult>
    {
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }

        public static AclCreationResult Read(ref ProtocolReader reader, short version)
        {
            var result = new AclCreationResult();
            result.ErrorCode = reader.ReadErrorCode();
            result.ErrorMessage = reader.ReadNullableString();
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(ErrorMessage);
            writer.WriteTagCount();
        }
    }
}
