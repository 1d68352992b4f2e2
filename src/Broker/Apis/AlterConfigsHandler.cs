using System.Globalization;
using Broker.Authorization;
using Broker.Configuration;
using Broker.Connections;
using Broker.Diagnostics;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using Microsoft.Extensions.Logging;

namespace Broker.Apis;

/// <summary>
/// IncrementalAlterConfigs 0-1 (set, delete, append, subtract) and AlterConfigs 0-2 (replace all), of topics, of groups and of this broker. They
/// take effect at once and are durable when answered. Each resource is changed or refused by itself.
/// </summary>
internal sealed class AlterConfigsHandler(DynamicBrokerConfig config, TopicCatalog topics, GroupConfigs groups, ILogger logger)
{
    public async ValueTask<IncrementalAlterConfigsResponse?> HandleAsync(IncrementalAlterConfigsRequest request, RequestContext context)
    {
        var asked = request.Resources.Select(r => new Asked(
            r.ResourceType,
            r.ResourceName,
            new ConfigChange([.. r.Configs.Select(c => new ConfigOperation(c.Name, (ConfigOperationType)c.ConfigOperation, c.Value))], ReplacesAll: false)));
        var answers = await AlterAsync([.. asked], request.ValidateOnly, context).ConfigureAwait(false);
        return new IncrementalAlterConfigsResponse
        {
            Responses = answers.Select(a => new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse
            {
                ErrorCode = a.Error,
                ErrorMessage = a.Message,
                ResourceType = a.Asked.Type,
                ResourceName = a.Asked.Name,
            }).ToList(),
        };
    }

    public async ValueTask<AlterConfigsResponse?> HandleAsync(AlterConfigsRequest request, RequestContext context)
    {
        var asked = request.Resources.Select(r => new Asked(
            r.ResourceType,
            r.ResourceName,
            new ConfigChange([.. r.Configs.Select(c => new ConfigOperation(c.Name, ConfigOperationType.Set, c.Value))], ReplacesAll: true)));
        var answers = await AlterAsync([.. asked], request.ValidateOnly, context).ConfigureAwait(false);
        return new AlterConfigsResponse
        {
            Responses = answers.Select(a => new AlterConfigsResponse.AlterConfigsResourceResponse
            {
                ErrorCode = a.Error,
                ErrorMessage = a.Message,
                ResourceType = a.Asked.Type,
                ResourceName = a.Asked.Name,
            }).ToList(),
        };
    }

    private async ValueTask<List<Answer>> AlterAsync(IReadOnlyList<Asked> asked, bool validateOnly, RequestContext context)
    {
        var repeated = asked.GroupBy(a => (a.Type, a.Name)).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        var answers = new List<Answer>();
        foreach (var one in asked)
        {
            var (error, message) = repeated.Contains((one.Type, one.Name))
                ? (ErrorCode.InvalidRequest, "Each resource must appear at most once.")
                : await AlterAsync(one, validateOnly, context).ConfigureAwait(false);
            answers.Add(new Answer(one, error, message));
        }

        return answers;
    }

    private async ValueTask<(ErrorCode Error, string? Message)> AlterAsync(Asked asked, bool validateOnly, RequestContext context)
    {
        if (context.CheckConfigs(AclOperation.AlterConfigs, asked.Type, asked.Name) is var denied and not ErrorCode.None)
            return (denied, "Changing settings needs AlterConfigs on what they belong to.");
        if (Malformed(asked.Change) is { } fault)
            return (ErrorCode.InvalidRequest, fault);

        try
        {
            switch ((ConfigResourceType)asked.Type)
            {
                case ConfigResourceType.Topic:
                    await AlterTopicAsync(asked, validateOnly).ConfigureAwait(false);
                    break;
                case ConfigResourceType.Broker:
                    await AlterBrokerAsync(asked, validateOnly).ConfigureAwait(false);
                    break;
                case ConfigResourceType.Group when asked.Name.Length == 0:
                    return (ErrorCode.InvalidRequest, "Default group resources are not allowed.");
                case ConfigResourceType.Group:
                    groups.Alter(asked.Name, own => asked.Change.Apply(own, _ => null), validateOnly);
                    break;
                default:
                    return (ErrorCode.InvalidRequest, ConfigResources.Unsupported(asked.Type));
            }
        }
        catch (TopicFaultException e)
        {
            return (e.Code, e.Message);
        }
        catch (InvalidSettingException e)
        {
            return ((ConfigResourceType)asked.Type == ConfigResourceType.Broker ? ErrorCode.InvalidRequest : ErrorCode.InvalidConfig, e.Message);
        }
        catch (IOException e)
        {
            return (ErrorCode.KafkaStorageError, e.Message);
        }

        if (!validateOnly)
            logger.ConfigsChanged((ConfigResourceType)asked.Type, asked.Name, asked.Change);
        return (ErrorCode.None, null);
    }

    private static string? Malformed(ConfigChange change)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, type, value) in change.Operations)
        {
            if (!names.Add(name))
                return "Error due to duplicate config keys";
            if (!Enum.IsDefined(type))
                return string.Create(CultureInfo.InvariantCulture, $"Unknown operation {(sbyte)type} on {name}.");
            if (value is null && type != ConfigOperationType.Delete)
                return $"Null value not supported for : {name}";
        }

        return null;
    }

    private Task AlterTopicAsync(Asked asked, bool validateOnly)
    {
        if (asked.Name.Length == 0)
            throw new TopicFaultException(ErrorCode.InvalidRequest, "Default topic resources are not allowed.");
        if (TopicName.Check(asked.Name) is { } fault)
            throw new TopicFaultException(ErrorCode.InvalidTopicException, fault);

        return topics.ConfigureAsync(
            asked.Name,
            topic => asked.Change.Apply(topic.Overrides, name => TopicSetting.Find(name)?.Type == ConfigType.List ? topic[name] : null),
            validateOnly);
    }

    private async Task AlterBrokerAsync(Asked asked, bool validateOnly)
    {
        if (ConfigResources.ScopeOf(asked.Name, config.Given.NodeId, out var fault) is not { } scope)
            throw new InvalidSettingException(asked.Name, fault);

        string? ListNow(string name) => BrokerSettings.Find(name) is { Type: ConfigType.List } list ? list.Read(config.Current) ?? "" : null;
        config.Alter(scope, own => asked.Change.Apply(own, ListNow), validateOnly);
        if (!validateOnly)
            await topics.RefreshDefaultsAsync().ConfigureAwait(false);
    }

    private readonly record struct Asked(sbyte Type, string Name, ConfigChange Change);

    private readonly record struct Answer(Asked Asked, ErrorCode Error, string? Message);
}
