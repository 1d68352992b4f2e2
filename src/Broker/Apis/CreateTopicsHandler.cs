using Broker.Authorization;
using Broker.Configuration;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Quotas;
using Broker.Topics;
using static Broker.Protocol.Messages.CreateTopicsRequest;
using static Broker.Protocol.Messages.CreateTopicsResponse;

namespace Broker.Apis;

/// <summary>
/// CreateTopics 2-7. Each topic is made or refused by itself; one that is in the answer without an error can be used at once.
/// One broker: replication factor 1 or -1, assignments to this broker only.
/// </summary>
internal sealed class CreateTopicsHandler(DynamicBrokerConfig config, ConfigEntries settings, TopicCatalog topics)
{
    private readonly ReplicaPlacement _placement = new(config.Given.NodeId);

    public async ValueTask<CreateTopicsResponse?> HandleAsync(CreateTopicsRequest request, RequestContext context)
    {
        var repeated = request.Topics.GroupBy(t => t.Name).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        var results = new List<CreatableTopicResult>();
        foreach (var asked in request.Topics.DistinctBy(t => t.Name))
        {
            results.Add(repeated.Contains(asked.Name)
                ? Refused(asked.Name, ErrorCode.InvalidRequest, "Duplicate topic name.")
                : await CreateAsync(asked, request.ValidateOnly, context).ConfigureAwait(false));
        }

        return new CreateTopicsResponse { Topics = results };
    }

    private async ValueTask<CreatableTopicResult> CreateAsync(CreatableTopic asked, bool validateOnly, RequestContext context)
    {
        if (!context.Shows(AclOperation.Create, ResourceType.Cluster, AclBinding.ClusterName)
            && !context.Allows(AclOperation.Create, ResourceType.Topic, asked.Name))
        {
            return Refused(asked.Name, ErrorCode.TopicAuthorizationFailed, "Creating a topic needs Create on it or on the cluster.");
        }

        try
        {
            topics.CheckNew(asked.Name);
            var partitions = PartitionsOf(asked);
            var configs = new Dictionary<string, string?>();
            foreach (var setting in asked.Configs)
                configs[setting.Name] = setting.Value;

            if (partitions == -1)
                partitions = topics.DefaultPartitions(asked.Name);
            context.Mutate(partitions, strictSince: 6);
            var topic = await topics.CreateAsync(asked.Name, partitions, configs, validateOnly).ConfigureAwait(false);
            var created = new CreatableTopicResult { Name = topic.Name, TopicId = validateOnly ? Guid.Empty : topic.Id };
            if (context.Shows(AclOperation.DescribeConfigs, ResourceType.Topic, topic.Name))
                Describe(topic, partitions, created);
            else
                created.TopicConfigErrorCode = ErrorCode.TopicAuthorizationFailed;
            return created;
        }
        catch (TopicFaultException e)
        {
            return Refused(asked.Name, e.Code, e.Message);
        }
        catch (IOException e)
        {
            return Refused(asked.Name, ErrorCode.KafkaStorageError, e.Message);
        }
    }

    private void Describe(Topic topic, int partitions, CreatableTopicResult created)
    {
        created.NumPartitions = partitions;
        created.ReplicationFactor = 1;
        created.Configs = settings.OfTopic(topic.Config)
            .Select(e => new CreatableTopicConfigs { Name = e.Name, Value = e.Value, ConfigSource = (sbyte)e.Source }).ToList();
    }

    private int PartitionsOf(CreatableTopic asked)
    {
        if (asked.Assignments.Count == 0)
        {
            _placement.CheckFactor(asked.ReplicationFactor);
            return asked.NumPartitions;
        }

        if (asked.ReplicationFactor != -1)
            throw new TopicFaultException(ErrorCode.InvalidRequest, "A manual partition assignment was specified, but replication factor was not set to -1.");
        if (asked.NumPartitions != -1)
            throw new TopicFaultException(ErrorCode.InvalidRequest, "A manual partition assignment was specified, but numPartitions was not set to -1.");

        var sorted = asked.Assignments.OrderBy(a => a.PartitionIndex).ToArray();
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && sorted[i].PartitionIndex == sorted[i - 1].PartitionIndex)
                throw ReplicaPlacement.Refused($"Found multiple manual partition assignments for partition {sorted[i].PartitionIndex}");
            if (sorted[i].PartitionIndex != i)
                throw ReplicaPlacement.Refused("partitions should be a consecutive 0-based integer sequence");
            _placement.Check(sorted[i].BrokerIds);
        }

        return sorted.Length;
    }

    private static CreatableTopicResult Refused(string name, ErrorCode code, string message) =>
        new() { Name = name, ErrorCode = code, ErrorMessage = message };
}
