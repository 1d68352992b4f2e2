using System.Text.Json;
using System.Text.Json.Serialization;

namespace Broker.Host.Rest;

/// <summary>Topics: list, make, describe, grow, delete, and their settings.</summary>
internal static class TopicsApi
{
    public static Task ListAsync(HttpContext context, BrokerServer broker) => context.Response.WriteAsJsonAsync(
        broker.DescribeTopics(), RestJson.Default.IReadOnlyListTopicDescription, cancellationToken: context.RequestAborted);

    public static async Task CreateAsync(HttpContext context, BrokerServer broker)
    {
        var topic = await JsonBody.ReadAsync(context, RestJson.Default.NewTopic).ConfigureAwait(false);
        var configs = topic.Configs?.ToDictionary(c => c.Key, c => ValueOf(c.Key, c.Value) ?? throw NoValue(c.Key));
        await broker.Admin.CreateTopicAsync(topic.Name, topic.Partitions, configs, CancellationToken.None).ConfigureAwait(false);

        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/topics/{topic.Name}";
        await WriteAsync(context, broker, topic.Name).ConfigureAwait(false);
    }

    public static Task DescribeAsync(HttpContext context, BrokerServer broker) => WriteAsync(context, broker, context.Topic());

    public static async Task AddPartitionsAsync(HttpContext context, BrokerServer broker)
    {
        var change = await JsonBody.ReadAsync(context, RestJson.Default.PartitionCount).ConfigureAwait(false);
        await broker.Admin.AddPartitionsAsync(context.Topic(), change.Partitions, CancellationToken.None).ConfigureAwait(false);
        await WriteAsync(context, broker, context.Topic()).ConfigureAwait(false);
    }

    public static async Task DeleteAsync(HttpContext context, BrokerServer broker)
    {
        await broker.Admin.DeleteTopicAsync(context.Topic(), CancellationToken.None).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static async Task ConfigsAsync(HttpContext context, BrokerServer broker)
    {
        var configs = await broker.Admin.DescribeTopicConfigsAsync(context.Topic(), context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(
            configs, RestJson.Default.IReadOnlyListTopicSettingDescription, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    public static async Task AlterConfigsAsync(HttpContext context, BrokerServer broker)
    {
        var changes = await JsonBody.ReadAsync(context, RestJson.Default.DictionaryStringJsonElement).ConfigureAwait(false);
        await broker.Admin.AlterTopicConfigsAsync(
            context.Topic(), changes.ToDictionary(c => c.Key, c => ValueOf(c.Key, c.Value)), CancellationToken.None).ConfigureAwait(false);
        await ConfigsAsync(context, broker).ConfigureAwait(false);
    }

    private static Task WriteAsync(HttpContext context, BrokerServer broker, string name)
    {
        var topic = broker.DescribeTopic(name)
            ?? throw new RestProblemException(StatusCodes.Status404NotFound, $"Topic '{name}' does not exist.", error: "UNKNOWN_TOPIC_OR_PARTITION");
        return context.Response.WriteAsJsonAsync(topic, RestJson.Default.TopicDescription, cancellationToken: context.RequestAborted);
    }

    /// <summary>Kafka knows texts only; a number or a flag is as welcome.</summary>
    private static string? ValueOf(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw new RestProblemException(StatusCodes.Status400BadRequest, "A setting is a text, a number, true, false or null.", name),
    };

    private static RestProblemException NoValue(string name) =>
        new(StatusCodes.Status400BadRequest, $"{name} has no value; leave it out for the broker's default.", $"configs.{name}");
}

/// <param name="Name">The topic's name.</param>
/// <param name="Partitions">Null for <c>num.partitions</c>.</param>
/// <param name="Configs">Settings of its own.</param>
internal sealed record NewTopic([property: JsonRequired] string Name, int? Partitions, Dictionary<string, JsonElement>? Configs);

internal sealed record PartitionCount([property: JsonRequired] int Partitions);
