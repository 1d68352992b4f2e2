using Broker.Connections;
using Broker.Protocol;

namespace Broker.Authorization;

/// <summary>Whose settings a client may see or change. Settings of brokers are the cluster's, those of topics and groups their own.</summary>
internal static class ConfigAccess
{
    private const sbyte Topic = 2;
    private const sbyte Group = 32;

    /// <summary>The error of who may not, or None. Kinds of settings that nobody knows count as the cluster's.</summary>
    public static ErrorCode CheckConfigs(this RequestContext context, AclOperation operation, sbyte configType, string name) => configType switch
    {
        Topic => context.Allows(operation, ResourceType.Topic, name) ? ErrorCode.None : ErrorCode.TopicAuthorizationFailed,
        Group => context.Allows(operation, ResourceType.Group, name) ? ErrorCode.None : ErrorCode.GroupAuthorizationFailed,
        _ => context.AllowsCluster(operation) ? ErrorCode.None : ErrorCode.ClusterAuthorizationFailed,
    };
}
