using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>ListGroups 0-5: all groups, or those in some states (4) or of some types (5). Case does not matter in either.</summary>
internal sealed class ListGroupsHandler(GroupCoordinator groups)
{
    public ValueTask<ListGroupsResponse?> HandleAsync(ListGroupsRequest request, RequestContext context)
    {
        var all = context.Shows(AclOperation.Describe, ResourceType.Cluster, AclBinding.ClusterName);
        return new(new ListGroupsResponse
        {
            Groups = [.. groups.List().Where(g => (all || context.Shows(AclOperation.Describe, ResourceType.Group, g.GroupId))
                && Passes(request.StatesFilter, g.GroupState) && Passes(request.TypesFilter, g.GroupType))],
        });
    }

    private static bool Passes(IReadOnlyList<string> filter, string value) =>
        filter.Count == 0 || filter.Contains(value, StringComparer.OrdinalIgnoreCase);
}
