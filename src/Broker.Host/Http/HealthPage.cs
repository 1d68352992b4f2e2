using System.Text;

namespace Broker.Host.Http;

/// <summary>
/// What <c>/health</c> says, in ASP.NET Core's three words. A partition that is offline or takes no more records degrades the broker
/// and does not take it out of service: the others are served, and a restart at an orchestrator's hand would mend nothing.
/// </summary>
internal static class HealthPage
{
    private const int MaxNamed = 100;

    public static Task AnswerAsync(HttpContext context, BrokerServer? broker)
    {
        context.Response.StatusCode = broker is null ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(broker is null ? "Unhealthy" : Of(broker.DescribeTopics()), context.RequestAborted);
    }

    /// <summary>The word, and a line for each partition that keeps it from being <c>Healthy</c>.</summary>
    public static string Of(IEnumerable<TopicDescription> topics)
    {
        var faults =
            (from topic in topics
             from partition in topic.Partitions
             where !partition.IsOnline || partition.IsReadOnly
             select $"{topic.Name}-{partition.Partition}: {(partition.IsOnline ? "read-only, it failed and takes no records until the broker is started again" : "offline")}")
            .ToList();
        if (faults.Count == 0)
            return "Healthy";

        var page = new StringBuilder("Degraded\n");
        foreach (var fault in faults.Take(MaxNamed))
            page.Append(fault).Append('\n');
        if (faults.Count > MaxNamed)
            page.Append($"and {faults.Count - MaxNamed} more\n");
        return page.ToString();
    }
}
