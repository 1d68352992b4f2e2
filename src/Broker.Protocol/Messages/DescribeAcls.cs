namespace Broker.Protocol.Messages;

/// <summary>Versions 1-3. 1: prefixed and match patterns (KIP-290). 3: the user resource type.</summary>
public sealed class DescribeAclsRequest : IRequest<DescribeAclsRequest>
{
    public static ApiKey ApiKey => ApiKey.DescribeAcls;

    public static ApiVersionRange Versions => new(1, 3);

    public sbyte ResourceTypeFilter { get; set; }
    public string? ResourceNameFilter { get; set; }
    public sbyte PatternTypeFilter { get; set; } = 3;
    public string? PrincipalFilter { get; set; }
    public string? HostFilter { get; set; }
    public sbyte Operation { get; set; }
    public sbyte PermissionType { get; set; }

    public static DescribeAclsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DescribeAclsRequest();
        request.ResourceTypeFilter = reader.ReadInt8();
        request.ResourceNameFilter = reader.ReadNullableString();
        request.PatternTypeFilter = reader.ReadInt8();
        request.PrincipalFilter = reader.ReadNullableString();
        request.HostFilter = reader.ReadNullableString();
        request.Operation = reader.ReadInt8();
        request.PermissionType = reader.ReadInt8();
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt8(ResourceTypeFilter);
        writer.WriteNullableString(ResourceNameFilter);
        writer.WriteInt8(PatternTypeFilter);
        writer.WriteNullableString(PrincipalFilter);
        writer.WriteNullableString(HostFilter);
        writer.WriteInt8(Operation);
        writer.WriteInt8(PermissionType);
        writer.WriteTagCount();
    }
}

/// <inheritdoc cref="DescribeAclsRequest"/>
public sealed class DescribeAclsResponse : IMessage<DescribeAclsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public ErrorCode ErrorCode { get; set; }
    public string? ErrorMessage { get; set; }
    public IReadOnlyList<DescribeAclsResource> Resources { get; set; } = [];

    public static DescribeAclsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DescribeAclsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.ErrorCode = reader.ReadErrorCode();
        response.ErrorMessage = reader.ReadNullableString();
        response.Resources = reader.ReadArray<DescribeAclsResource>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteErrorCode(ErrorCode);
        writer.WriteNullableString(ErrorMessage);
        writer.WriteArray(Resources, version);
        writer.WriteTagCount();
    }

    public sealed class DescribeAclsResource : IMessage<DescribeAclsResource>
    {
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";
        public sbyte PatternType { get; set; } = 3;
        public IReadOnlyList<AclDescription> Acls { get; set; } = [];

        public static DescribeAclsResource Read(ref ProtocolReader reader, short version)
        {
            var resource = new DescribeAclsResource();
            resource.ResourceType = reader.ReadInt8();
            resource.ResourceName = reader.ReadString();
            resource.PatternType = reader.ReadInt8();
            resource.Acls = reader.ReadArray<AclDescription>(version);
            reader.SkipTaggedFields();
            return resource;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteInt8(ResourceType);
            writer.WriteString(ResourceName);
            writer.WriteInt8(PatternType);
            writer.WriteArray(Acls, version);
            writer.WriteTagCount();
        }
    }

    public sealed class AclDescription : IMessage<AclDescription>
    {
        public string Principal { get; set; } = "";
        public string Host { get; set; } = "";
        public sbyte Operation { get; set; }
        public sbyte PermissionType { get; set; }

        public static AclDescription Read(ref ProtocolReader reader, short version)
        {
            var description = new AclDescription();
            description.Principal = reader.ReadString();
            description.Host = reader.ReadString();
            description.Operation = reader.ReadInt8();
            description.PermissionType = reader.ReadInt8();
            reader.SkipTaggedFields();
            return description;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteString(Principal);
            writer.WriteString(Host);
            writer.WriteInt8(Operation);
            writer.WriteInt8(PermissionType);
            writer.WriteTagCount();
        }
    }
}
