using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.DescribeAclsResponse;

namespace Broker.Apis;

/// <summary>DescribeAcls 1-3: the access control entries a filter matches, by resource.</summary>
internal sealed class DescribeAclsHandler(Authorizer authorizer)
{
    public ValueTask<DescribeAclsResponse?> HandleAsync(DescribeAclsRequest request, RequestContext context) => new(Describe(request, context));

    private DescribeAclsResponse? Describe(DescribeAclsRequest request, RequestContext context)
    {
        var filter = new AclFilter(
            (ResourceType)request.ResourceTypeFilter,
            request.ResourceNameFilter,
            (PatternType)request.PatternTypeFilter,
            request.PrincipalFilter,
            request.HostFilter,
            (AclOperation)request.Operation,
            (AclPermission)request.PermissionType);
        if (filter.HasUnknown)
        {
            context.CloseConnection(CloseReason.MalformedFrame);
            return null;
        }

        if (!context.AllowsCluster(AclOperation.Describe))
            return Refused(ErrorCode.ClusterAuthorizationFailed, "Describing access control entries needs Describe on the cluster.");
        if (!authorizer.IsConfigured)
            return Refused(ErrorCode.SecurityDisabled, Acls.NoAuthorizer);

        return new DescribeAclsResponse
        {
            ErrorMessage = "",
            Resources = [.. authorizer.Store.Entries.All.Where(filter.Matches)
                .GroupBy(e => (e.ResourceType, e.ResourceName, e.PatternType))
                .Select(resource => new DescribeAclsResource
                {
                    ResourceType = (sbyte)resource.Key.ResourceType,
                    ResourceName = resource.Key.ResourceName,
                    PatternType = (sbyte)resource.Key.PatternType,
                    Acls = [.. resource.Select(Describe)],
                })],
        };
    }

    private static AclDescription Describe(AclBinding entry) => new()
    {
        Principal = entry.Principal,
        Host = entry.Host,
        Operation = (sbyte)entry.Operation,
        PermissionType = (sbyte)entry.Permission,
    };

    private static DescribeAclsResponse Refused(ErrorCode code, string message) => new() { ErrorCode = code, ErrorMessage = message };
}
