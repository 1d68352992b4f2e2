using Broker.Authorization;
using Broker.Connections;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Microsoft.Extensions.Logging;
using static Broker.Protocol.Messages.DeleteAclsRequest;
using static Broker.Protocol.Messages.DeleteAclsResponse;

namespace Broker.Apis;

/// <summary>DeleteAcls 1-3: removes every access control entry a filter matches and says which; gone for good when answered.</summary>
internal sealed class DeleteAclsHandler(Authorizer authorizer, ILogger logger)
{
    public ValueTask<DeleteAclsResponse?> HandleAsync(DeleteAclsRequest request, RequestContext context) => new(Delete(request, context));

    private DeleteAclsResponse? Delete(DeleteAclsRequest request, RequestContext context)
    {
        var filters = request.Filters.Select(Read).ToList();
        if (filters.Exists(f => f.HasUnknown))
        {
            context.CloseConnection(CloseReason.MalformedFrame);
            return null;
        }

        if (!context.AllowsCluster(AclOperation.Alter))
            return AnswerAll(request, ErrorCode.ClusterAuthorizationFailed, "Removing access control entries needs Alter on the cluster.");
        if (!authorizer.IsConfigured)
            return AnswerAll(request, ErrorCode.SecurityDisabled, Acls.NoAuthorizer);

        try
        {
            var removed = authorizer.Store.Remove(filters);
            foreach (var entry in removed.SelectMany(r => r).Distinct())
                logger.AclRemoved(context.Principal, entry);
            return new DeleteAclsResponse
            {
                FilterResults = [.. removed.Select(entries => new DeleteAclsFilterResult { MatchingAcls = [.. entries.Select(Describe)] })],
            };
        }
        catch (IOException e)
        {
            return AnswerAll(request, ErrorCode.KafkaStorageError, e.Message);
        }
    }

    private static AclFilter Read(DeleteAclsFilter filter) => new(
        (ResourceType)filter.ResourceTypeFilter,
        filter.ResourceNameFilter,
        (PatternType)filter.PatternTypeFilter,
        filter.PrincipalFilter,
        filter.HostFilter,
        (AclOperation)filter.Operation,
        (AclPermission)filter.PermissionType);

    private static DeleteAclsMatchingAcl Describe(AclBinding entry) => new()
    {
        ResourceType = (sbyte)entry.ResourceType,
        ResourceName = entry.ResourceName,
        PatternType = (sbyte)entry.PatternType,
        Principal = entry.Principal,
        Host = entry.Host,
        Operation = (sbyte)entry.Operation,
        PermissionType = (sbyte)entry.Permission,
    };

    private static DeleteAclsResponse AnswerAll(DeleteAclsRequest request, ErrorCode code, string message) => new()
    {
        FilterResults = [.. request.Filters.Select(_ => new DeleteAclsFilterResult { ErrorCode = code, ErrorMessage = message })],
    };
}
