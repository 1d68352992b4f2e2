using Broker.Authorization;
using Broker.Connections;

namespace Broker.Groups;

/// <summary>Who sent a request: what the broker knows of the client beside the request itself.</summary>
/// <param name="Id">As it calls itself.</param>
/// <param name="Host">Where it connects from, as Java prints an address, with a slash: so Kafka's tools show it.</param>
/// <param name="MaySee">Whether it may know of a topic; null where it may know of all.</param>
internal readonly record struct GroupClient(string Id, string Host, Func<string, bool>? MaySee = null)
{
    public static GroupClient Of(RequestContext context) => new(
        context.Header.ClientId ?? "", $"/{context.ClientAddress}", topic => context.Shows(AclOperation.Describe, ResourceType.Topic, topic));
}
