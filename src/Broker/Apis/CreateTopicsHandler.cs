using System.Globalization;
using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using static Broker.Protocol.Messages.CreateTopicsRequest;
using static Broker.Protocol.Messages.CreateTopicsResponse;

namespace Broker.Apis;

/// <summary>
/// CreateTopics 2-7. Each topic is made or refused by itself; one that is in the answer without an error can be used at once.
/// One broker: replication factor 1 or -1, assignments to this broker only.
/// </summary>
internal sealed class CreateTopicsHandler(BrokerOptions options, TopicCatalog topics)
{
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
            var partitions = CheckReplicas(asked);
            var configs = new Dictionary<string, string?>();
            foreach (var config in asked.Configs)
                configs[config.Name] = config.Value;

            var topic = await topics.CreateAsync(asked.Name, partitions, configs, validateOnly).ConfigureAwait(false);
            var created = new CreatableTopicResult { Name = topic.Name, TopicId = validateOnly ? Guid.Empty : topic.Id };
            if (context.Shows(AclOperation.DescribeConfigs, ResourceType.Topic, topic.Name))
                Describe(topic, partitions == -1 ? options.NumPartitions : partitions, created);
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
        created.Configs = TopicSetting.All.Select(s => new CreatableTopicConfigs
        {
            Name = s.Name,
            Value = topic.Config[s.Name],
            ConfigSource = (sbyte)ConfigSources.Of(topic.Config, s, options),
        }).ToList();
    }

    private int CheckReplicas(CreatableTopic asked)
    {
        if (asked.Assignments.Count == 0)
        {
            return asked.ReplicationFactor is 1 or -1
                ? asked.NumPartitions
                : throw new TopicFaultException(
                    ErrorCode.InvalidReplicationFactor,
                    string.Create(CultureInfo.InvariantCulture, $"Replication factor {asked.ReplicationFactor}: there is 1 broker, so 1 or -1 is allowed."));
        }

        if (asked.NumPartitions != -1 || asked.ReplicationFactor != -1)
            throw new TopicFaultException(ErrorCode.InvalidRequest, "With assignments, the numbers of partitions and replicas are both -1.");

        var sorted = asked.Assignments.OrderBy(a => a.PartitionIndex).ToArray();
        for (var i = 0; i < sorted.Length; i++)
        {
            if (sorted[i].PartitionIndex != i || sorted[i].BrokerIds.Count != 1 || sorted[i].BrokerIds[0] != options.NodeId)
                throw new TopicFaultException(ErrorCode.InvalidReplicaAssignment, $"Partitions are numbered from 0 and lie on broker {options.NodeId} only.");
        }

        return sorted.Length;
    }

    private static CreatableTopicResult Refused(string name, ErrorCode code, string message) =>
        new() { Name = name, ErrorCode = code, ErrorMessage = message };
}
