using Broker.Authorization;
using Broker.Configuration;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using static Broker.Protocol.Messages.DescribeConfigsRequest;
using static Broker.Protocol.Messages.DescribeConfigsResponse;

namespace Broker.Apis;

/// <summary>DescribeConfigs 1-4: of topics, of groups, of this broker, and what was set for all brokers.</summary>
internal sealed class DescribeConfigsHandler(DynamicBrokerConfig config, ConfigEntries settings, TopicCatalog topics)
{
    public ValueTask<DescribeConfigsResponse?> HandleAsync(DescribeConfigsRequest request, RequestContext context) =>
        new(new DescribeConfigsResponse { Results = request.Resources.Select(r => Describe(r, request, context)).ToList() });

    private DescribeConfigsResult Describe(DescribeConfigsResource asked, DescribeConfigsRequest request, RequestContext context)
    {
        var denied = context.CheckConfigs(AclOperation.DescribeConfigs, asked.ResourceType, asked.ResourceName);
        if (denied != ErrorCode.None)
            return new DescribeConfigsResult { ErrorCode = denied, ResourceType = asked.ResourceType, ResourceName = asked.ResourceName };

        var (error, message) = Find(asked, out var entries);
        bool Wanted(ConfigEntry entry) => asked.ConfigurationKeys is not { Count: > 0 } names || names.Contains(entry.Name);
        return new DescribeConfigsResult
        {
            ErrorCode = error,
            ErrorMessage = message,
            ResourceType = asked.ResourceType,
            ResourceName = asked.ResourceName,
            Configs = entries.Where(Wanted).Select(e => Show(e, request)).ToList(),
        };
    }

    private (ErrorCode Error, string Message) Find(DescribeConfigsResource asked, out IEnumerable<ConfigEntry> entries)
    {
        entries = [];
        switch ((ConfigResourceType)asked.ResourceType)
        {
            case ConfigResourceType.Topic when topics.TryFind(asked.ResourceName, out var topic):
                entries = settings.OfTopic(topic.Config);
                return (ErrorCode.None, "");
            case ConfigResourceType.Topic:
                return TopicName.Check(asked.ResourceName) is { } invalid
                    ? (ErrorCode.InvalidTopicException, invalid)
                    : (ErrorCode.UnknownTopicOrPartition, "This topic does not exist.");
            case ConfigResourceType.Broker:
                if (ConfigResources.ScopeOf(asked.ResourceName, config.Given.NodeId, out var fault) is not { } scope)
                    return (ErrorCode.InvalidRequest, fault);
                entries = scope == BrokerScope.ThisBroker ? settings.OfBroker() : settings.OfAllBrokers();
                return (ErrorCode.None, "");
            case ConfigResourceType.Group when asked.ResourceName.Length == 0:
                return (ErrorCode.InvalidRequest, "Group name must not be empty");
            case ConfigResourceType.Group:
                entries = settings.OfGroup(asked.ResourceName);
                return (ErrorCode.None, "");
            default:
                return (ErrorCode.InvalidRequest, ConfigResources.Unsupported(asked.ResourceType));
        }
    }

    private static DescribeConfigsResourceResult Show(ConfigEntry entry, DescribeConfigsRequest request)
    {
        var secret = entry.Type == ConfigType.Password;
        return new DescribeConfigsResourceResult
        {
            Name = entry.Name,
            Value = secret ? null : entry.Value,
            ReadOnly = entry.ReadOnly,
            ConfigSource = (sbyte)entry.Source,
            IsSensitive = secret,
            ConfigType = (sbyte)entry.Type,
            Synonyms = !request.IncludeSynonyms ? [] : entry.Synonyms
                .Select(s => new DescribeConfigsSynonym { Name = s.Name, Value = secret ? null : s.Value, Source = (sbyte)s.Source }).ToList(),
            Documentation = request.IncludeDocumentation ? entry.Documentation : null,
        };
    }
}
