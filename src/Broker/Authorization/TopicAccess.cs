using Broker.Connections;

namespace Broker.Authorization;

/// <summary>Parts a request's topics into those it may have and those it may not.</summary>
internal static class TopicAccess
{
    /// <returns>The topics that are allowed: the given list itself when all are.</returns>
    public static IReadOnlyList<T> Allowed<T>(
        this RequestContext context, AclOperation operation, IReadOnlyList<T> topics, Func<T, string> name, out IReadOnlyList<T> denied)
    {
        denied = context.Authorizer.IsConfigured ? [.. topics.Where(t => !context.Allows(operation, ResourceType.Topic, name(t)))] : [];
        return denied.Count == 0 ? topics : [.. topics.Except(denied)];
    }
}
