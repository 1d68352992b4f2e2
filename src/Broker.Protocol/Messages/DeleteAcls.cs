namespace Broker.Protocol.Messages;

/// <summary>Versions 1-3. 1: prefixed and match patterns (KIP-290). 3: the user resource type.</summary>
public sealed class DeleteAclsRequest : IRequest<DeleteAclsRequest>
{
    public static ApiKey ApiKey => ApiKey.DeleteAcls;

    public static ApiVersionRange Versions => new(1, 3);

    public IReadOnlyList<DeleteAclsFilter> Filters { get; set; } = [];

    public static DeleteAclsRequest Read(ref ProtocolReader reader, short version)
    {
        var request = new DeleteAclsRequest();
        request.Filters = reader.ReadArray<DeleteAclsFilter>(version);
        reader.SkipTaggedFields();
        return request;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteArray(Filters, version);
        writer.WriteTagCount();
    }

    public sealed class DeleteAclsFilter : IMessage<DeleteAclsFilter>
    {
        public sbyte ResourceTypeFilter { get; set; }
        public string? ResourceNameFilter { get; set; }
        public sbyte PatternTypeFilter { get; set; } = 3;
        public string? PrincipalFilter { get; set; }
        public string? HostFilter { get; set; }
        public sbyte Operation { get; set; }
        public sbyte PermissionType { get; set; }

        public static DeleteAclsFilter Read(ref ProtocolReader reader, short version)
        {
            var filter = new DeleteAclsFilter();
            filter.ResourceTypeFilter = reader.ReadInt8();
            filter.ResourceNameFilter = reader.ReadNullableString();
            filter.PatternTypeFilter = reader.ReadInt8();
            filter.PrincipalFilter = reader.ReadNullableString();
            filter.HostFilter = reader.ReadNullableString();
            filter.Operation = reader.ReadInt8();
            filter.PermissionType = reader.ReadInt8();
            reader.SkipTaggedFields();
            return filter;
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
}

/// <inheritdoc cref="DeleteAclsRequest"/>
public sealed class DeleteAclsResponse : IMessage<DeleteAclsResponse>, IThrottledResponse
{
    public int ThrottleTimeMs { get; set; }
    public IReadOnlyList<DeleteAclsFilterResult> FilterResults { get; set; } = [];

    public static DeleteAclsResponse Read(ref ProtocolReader reader, short version)
    {
        var response = new DeleteAclsResponse();
        response.ThrottleTimeMs = reader.ReadInt32();
        response.FilterResults = reader.ReadArray<DeleteAclsFilterResult>(version);
        reader.SkipTaggedFields();
        return response;
    }

    public void Write(ref ProtocolWriter writer, short version)
    {
        writer.WriteInt32(ThrottleTimeMs);
        writer.WriteArray(FilterResults, version);
        writer.WriteTagCount();
    }

    public sealed class DeleteAclsFilterResult : IMessage<DeleteAclsFilterResult>
    {
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }
        public IReadOnlyList<DeleteAclsMatchingAcl> MatchingAcls { get; set; } = [];

        public static DeleteAclsFilterResult Read(ref ProtocolReader reader, short version)
        {
            var result = new DeleteAclsFilterResult();
            result.ErrorCode = reader.ReadErrorCode();
            result.ErrorMessage = reader.ReadNullableString();
            result.MatchingAcls = reader.ReadArray<DeleteAclsMatchingAcl>(version);
            reader.SkipTaggedFields();
            return result;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(ErrorMessage);
            writer.WriteArray(MatchingAcls, version);
            writer.WriteTagCount();
        }
    }

    public sealed class DeleteAclsMatchingAcl : IMessage<DeleteAclsMatchingAcl>
    {
        public ErrorCode ErrorCode { get; set; }
        public string? ErrorMessage { get; set; }
        public sbyte ResourceType { get; set; }
        public string ResourceName { get; set; } = "";
        public sbyte PatternType { get; set; } = 3;
        public string Principal { get; set; } = "";
        public string Host { get; set; } = "";
        public sbyte Operation { get; set; }
        public sbyte PermissionType { get; set; }

        public static DeleteAclsMatchingAcl Read(ref ProtocolReader reader, short version)
        {
            var acl = new DeleteAclsMatchingAcl();
            acl.ErrorCode = reader.ReadErrorCode();
            acl.ErrorMessage = reader.ReadNullableString();
            acl.ResourceType = reader.ReadInt8();
            acl.ResourceName = reader.ReadString();
            acl.PatternType = reader.ReadInt8();
            acl.Principal = reader.ReadString();
            acl.Host = reader.ReadString();
            acl.Operation = reader.ReadInt8();
            acl.PermissionType = reader.ReadInt8();
            reader.SkipTaggedFields();
            return acl;
        }

        public void Write(ref ProtocolWriter writer, short version)
        {
            writer.WriteErrorCode(ErrorCode);
            writer.WriteNullableString(ErrorMessage);
            writer.WriteInt8(ResourceType);
            writer.WriteString(ResourceName);
            writer.WriteInt8(PatternType);
            writer.WriteString(Principal);
            writer.WriteString(Host);
            writer.WriteInt8(Operation);
            writer.WriteInt8(PermissionType);
            writer.WriteTagCount();
        }
    }
}
