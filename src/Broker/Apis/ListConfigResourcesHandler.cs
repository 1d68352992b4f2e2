using System.Globalization;
using Broker.Authorization;
using Broker.Configuration;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using static Broker.Protocol.Messages.ListConfigResourcesResponse;

namespace Broker.Apis;

/// <summary>ListConfigResources 0-1: what has settings. Version 0 asks for client metrics only, of which there are none.</summary>
internal sealed class ListConfigResourcesHandler(BrokerOptions options, TopicCatalog topics, GroupConfigs groups)
{
    private static readonly ConfigResourceType[] All = Enum.GetValues<ConfigResourceType>();

    public ValueTask<ListConfigResourcesResponse?> HandleAsync(ListConfigResourcesRequest request, RequestContext context)
    {
        if (!context.AllowsCluster(AclOperation.DescribeConfigs))
            return new(new ListConfigResourcesResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed });

        var types = context.Version == 0 ? [ConfigResourceType.ClientMetrics]
            : request.ResourceTypes.Count == 0 ? All
            : request.ResourceTypes.Select(type => (ConfigResourceType)type).ToHashSet().ToArray();
        return new(types.All(Enum.IsDefined)
            ? new ListConfigResourcesResponse { ConfigResources = types.SelectMany(Of).ToList() }
            : new ListConfigResourcesResponse { ErrorCode = ErrorCode.UnsupportedVersion });
    }

    private IEnumerable<ConfigResource> Of(ConfigResourceType type)
    {
        var names = type switch
        {
            ConfigResourceType.Topic => topics.All.Select(t => t.Name),
            ConfigResourceType.Broker => [options.NodeId.ToString(CultureInfo.InvariantCulture)],
            ConfigResourceType.Group => groups.Groups,
            _ => [],
        };
        return names.Select(name => new ConfigResource { ResourceName = name, ResourceType = (sbyte)type });
    }
}
