using Broker.Connections;

namespace Broker.Authorization;

/// <summary>What handlers ask before they act. Without an authorizer everything is allowed and nothing is looked up.</summary>
internal static class Access
{
    /// <summary>Says whether this client may do this; a denial is logged and counted.</summary>
    public static bool Allows(this RequestContext context, AclOperation operation, ResourceType type, string name) =>
        context.Authorizer.Allows(context.Client(), operation, type, name, context.Header.ApiKey);

    /// <inheritdoc cref="Allows"/>
    public static bool AllowsCluster(this RequestContext context, AclOperation operation) =>
        context.Allows(operation, ResourceType.Cluster, AclBinding.ClusterName);

    /// <summary>As <see cref="Allows"/>, where a denial only hides something and is no attempt at it.</summary>
    public static bool Shows(this RequestContext context, AclOperation operation, ResourceType type, string name) =>
        context.Authorizer.Allows(context.Client(), operation, type, name, api: null);

    /// <summary>Whether the client may do this to some resource of the type.</summary>
    public static bool AllowsSome(this RequestContext context, AclOperation operation, ResourceType type) =>
        context.Authorizer.AllowsSome(context.Client(), operation, type);

    /// <summary>The operations a client may do, as the bits of their numbers.</summary>
    public static int AuthorizedOperations(this RequestContext context, ResourceType type, string name)
    {
        var bits = 0;
        foreach (var operation in AclOperations.Of(type))
        {
            if (context.Shows(operation, type, name))
                bits |= 1 << (int)operation;
        }

        return bits;
    }

    /// <summary>As <see cref="AuthorizedOperations"/> of the cluster; none for who may not describe it.</summary>
    public static int AuthorizedClusterOperations(this RequestContext context) =>
        context.AllowsCluster(AclOperation.Describe) ? context.AuthorizedOperations(ResourceType.Cluster, AclBinding.ClusterName) : 0;

    private static Authorizer.Client Client(this RequestContext context) => new(context.Principal, context.ClientAddress);
}
