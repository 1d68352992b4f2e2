using System.Globalization;
using Broker.Authorization;
using Broker.Configuration;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using static Broker.Protocol.Messages.DescribeConfigsRequest;
using static Broker.Protocol.Messages.DescribeConfigsResponse;

namespace Broker.Apis;

/// <summary>DescribeConfigs 1-4, of topics and of this broker. Broker settings are read at start and so read-only.</summary>
internal sealed class DescribeConfigsHandler(BrokerOptions options, TopicCatalog topics)
{
    public ValueTask<DescribeConfigsResponse?> HandleAsync(DescribeConfigsRequest request, RequestContext context) =>
        new(new DescribeConfigsResponse { Results = request.Resources.Select(r => Describe(r, request.IncludeSynonyms, context)).ToList() });

    private DescribeConfigsResult Describe(DescribeConfigsResource resource, bool synonyms, RequestContext context)
    {
        var result = new DescribeConfigsResult { ResourceType = resource.ResourceType, ResourceName = resource.ResourceName };
        result.ErrorCode = context.CheckConfigs(AclOperation.DescribeConfigs, resource.ResourceType, resource.ResourceName);
        if (result.ErrorCode != ErrorCode.None)
            return result;

        bool Asked(string name) => resource.ConfigurationKeys is not { Count: > 0 } keys || keys.Contains(name);
        switch ((ConfigResource)resource.ResourceType)
        {
            case ConfigResource.Topic when topics.TryFind(resource.ResourceName, out var topic):
                result.Configs = TopicSetting.All.Where(s => Asked(s.Name)).Select(s => Describe(topic.Config, s, synonyms)).ToList();
                break;
            case ConfigResource.Topic:
                var fault = TopicName.Check(resource.ResourceName);
                result.ErrorCode = fault is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException;
                result.ErrorMessage = fault ?? "This topic does not exist.";
                break;
            case ConfigResource.Broker when resource.ResourceName == options.NodeId.ToString(CultureInfo.InvariantCulture):
                result.Configs = BrokerSettings.All.Where(s => Asked(s.Name)).Select(s => Describe(s, synonyms)).ToList();
                break;
            case ConfigResource.Broker when resource.ResourceName.Length == 0:
                // The defaults of all brokers together: nothing can be set there.
                break;
            default:
                result.ErrorCode = ErrorCode.InvalidRequest;
                result.ErrorMessage = $"There are settings of topics and of broker {options.NodeId} only.";
                break;
        }

        return result;
    }

    private DescribeConfigsResourceResult Describe(TopicConfig topic, TopicSetting setting, bool synonyms) => new()
    {
        Name = setting.Name,
        Value = topic[setting.Name],
        ConfigSource = (sbyte)ConfigSources.Of(topic, setting, options),
        ConfigType = (sbyte)setting.Type,
        Synonyms = synonyms ? SynonymsOf(topic, setting).ToList() : [],
    };

    private IEnumerable<DescribeConfigsSynonym> SynonymsOf(TopicConfig topic, TopicSetting setting)
    {
        if (topic.Overrides.TryGetValue(setting.Name, out var own))
            yield return new DescribeConfigsSynonym { Name = setting.Name, Value = own, Source = (sbyte)ConfigSource.Topic };
        if (setting.BrokerName is not { } brokerName)
            yield break;

        var byDefault = setting.Default(new BrokerOptions());
        if (setting.Default(options) is var set && set != byDefault)
            yield return new DescribeConfigsSynonym { Name = brokerName, Value = set, Source = (sbyte)ConfigSource.StaticBroker };
        yield return new DescribeConfigsSynonym { Name = brokerName, Value = byDefault, Source = (sbyte)ConfigSource.Default };
    }

    private DescribeConfigsResourceResult Describe(BrokerSetting setting, bool synonyms)
    {
        var source = ConfigSources.Of(setting, options);
        return new DescribeConfigsResourceResult
        {
            Name = setting.Name,
            Value = setting.Read(options),
            ReadOnly = true,
            ConfigSource = (sbyte)source,
            ConfigType = (sbyte)setting.Type,
            Synonyms = synonyms
                ? [new DescribeConfigsSynonym { Name = setting.Name, Value = setting.Read(options), Source = (sbyte)source }]
                : [],
        };
    }
}

/// <summary>What settings belong to, with the numbers of the protocol.</summary>
internal enum ConfigResource : sbyte
{
    Topic = 2,
    Broker = 4,
}
