using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;

namespace Broker.Apis;

/// <summary>
/// IncrementalAlterConfigs 0-1 (set, delete, append, subtract) and AlterConfigs 0-2 (replace all), of topics. They take effect at
/// once and are durable when answered. Broker settings are read at start only and refused here.
/// </summary>
internal sealed class AlterConfigsHandler(TopicCatalog topics)
{
    private const sbyte Set = 0;
    private const sbyte Delete = 1;
    private const sbyte Append = 2;
    private const sbyte Subtract = 3;

    public async ValueTask<IncrementalAlterConfigsResponse?> HandleAsync(IncrementalAlterConfigsRequest request, RequestContext context)
    {
        var responses = new List<IncrementalAlterConfigsResponse.AlterConfigsResourceResponse>();
        foreach (var resource in request.Resources)
        {
            var (code, message) = await ChangeAsync(
                resource.ResourceType, resource.ResourceName, config => Apply(config, resource.Configs), request.ValidateOnly, context).ConfigureAwait(false);
            responses.Add(new()
            {
                ErrorCode = code,
                ErrorMessage = message,
                ResourceType = resource.ResourceType,
                ResourceName = resource.ResourceName,
            });
        }

        return new IncrementalAlterConfigsResponse { Responses = responses };
    }

    public async ValueTask<AlterConfigsResponse?> HandleAsync(AlterConfigsRequest request, RequestContext context)
    {
        var responses = new List<AlterConfigsResponse.AlterConfigsResourceResponse>();
        foreach (var resource in request.Resources)
        {
            var (code, message) = await ChangeAsync(
                resource.ResourceType, resource.ResourceName, _ => Collect(resource.Configs), request.ValidateOnly, context).ConfigureAwait(false);
            responses.Add(new()
            {
                ErrorCode = code,
                ErrorMessage = message,
                ResourceType = resource.ResourceType,
                ResourceName = resource.ResourceName,
            });
        }

        return new AlterConfigsResponse { Responses = responses };
    }

    private async ValueTask<(ErrorCode Code, string? Message)> ChangeAsync(
        sbyte type, string name, Func<TopicConfig, IReadOnlyDictionary<string, string?>> change, bool validateOnly, RequestContext context)
    {
        if (context.CheckConfigs(AclOperation.AlterConfigs, type, name) is var denied and not ErrorCode.None)
            return (denied, "Changing settings needs AlterConfigs on what they belong to.");
        if ((ConfigResource)type != ConfigResource.Topic)
            return (ErrorCode.InvalidRequest, "Only settings of topics can be changed while the broker runs.");

        try
        {
            await topics.ConfigureAsync(name, change, validateOnly).ConfigureAwait(false);
            return (ErrorCode.None, null);
        }
        catch (TopicFaultException e)
        {
            return (e.Code, e.Message);
        }
        catch (IOException e)
        {
            return (ErrorCode.KafkaStorageError, e.Message);
        }
    }

    private static Dictionary<string, string?> Collect(IReadOnlyList<AlterConfigsRequest.AlterableConfig> configs)
    {
        var all = new Dictionary<string, string?>();
        foreach (var config in configs)
            all[config.Name] = config.Value;
        return all;
    }

    private static Dictionary<string, string?> Apply(TopicConfig topic, IReadOnlyList<IncrementalAlterConfigsRequest.AlterableConfig> configs)
    {
        var all = topic.Overrides.ToDictionary(c => c.Key, c => (string?)c.Value);
        foreach (var config in configs)
        {
            switch (config.ConfigOperation)
            {
                case Set:
                    all[config.Name] = config.Value;
                    break;
                case Delete:
                    all.Remove(config.Name);
                    break;
                case Append or Subtract when TopicSetting.Find(config.Name) is { Type: Configuration.ConfigType.List }:
                    var items = topic[config.Name].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                    var change = (config.Value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
                    all[config.Name] = string.Join(',', config.ConfigOperation == Append ? items.Union(change) : items.Except(change));
                    break;
                default:
                    throw new TopicFaultException(ErrorCode.InvalidConfig, $"Operation {config.ConfigOperation} cannot be done on {config.Name}.");
            }
        }

        return all;
    }
}
