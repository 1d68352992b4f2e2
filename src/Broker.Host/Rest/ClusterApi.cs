namespace Broker.Host.Rest;

/// <summary>The broker itself.</summary>
internal static class ClusterApi
{
    public static Task DescribeAsync(HttpContext context, BrokerServer broker)
    {
        var topics = broker.DescribeTopics();
        var description = new ClusterDescription(
            broker.ClusterId,
            broker.NodeId,
            BrokerProcess.Version,
            broker.BootstrapServers,
            topics.Count,
            topics.Sum(t => t.Partitions.Count),
            broker.DescribeGroups().Count);
        return context.Response.WriteAsJsonAsync(description, RestJson.Default.ClusterDescription, cancellationToken: context.RequestAborted);
    }

    public static Task ConnectionsAsync(HttpContext context, BrokerServer broker) => context.Response.WriteAsJsonAsync(
        broker.DescribeConnections(), RestJson.Default.IReadOnlyListConnectionDescription, cancellationToken: context.RequestAborted);
}

/// <param name="ClusterId">Made once for the data directory.</param>
/// <param name="NodeId"><c>node.id</c>; the broker is its own controller.</param>
/// <param name="Version">Of the broker.</param>
/// <param name="BootstrapServers">What Kafka clients connect to.</param>
/// <param name="Topics">Their number, internal ones included.</param>
/// <param name="Partitions">Of all topics.</param>
/// <param name="Groups">Their number.</param>
internal sealed record ClusterDescription(
    string ClusterId, int NodeId, string Version, string BootstrapServers, int Topics, int Partitions, int Groups);
