using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using static Broker.Protocol.Messages.MetadataResponse;

namespace Broker.Apis;

/// <summary>
/// Metadata 0-13. One broker: it leads every partition and is the controller. A missing topic is created when broker and request
/// allow it and is whole in the same answer, never "leader not available".
/// </summary>
internal sealed class MetadataHandler(BrokerOptions options, BrokerIdentity identity, TopicCatalog topics)
{
    public async ValueTask<MetadataResponse?> HandleAsync(MetadataRequest request, RequestContext context)
    {
        var all = request.Topics is null || (context.Version == 0 && request.Topics.Count == 0);
        var answers = new List<MetadataResponseTopic>();
        if (all)
        {
            foreach (var topic in topics.All)
            {
                if (context.Shows(AclOperation.Describe, ResourceType.Topic, topic.Name))
                    answers.Add(Describe(topic, request, context));
            }
        }
        else
        {
            foreach (var asked in request.Topics!)
                answers.Add(await AnswerAsync(asked, request, context).ConfigureAwait(false));
        }

        return new MetadataResponse
        {
            Brokers =
            [
                new MetadataResponseBroker
                {
                    NodeId = options.NodeId,
                    Host = context.Listener.AdvertisedHost,
                    Port = context.Listener.AdvertisedPort,
                },
            ],
            ClusterId = identity.ClusterId,
            ControllerId = options.NodeId,
            ClusterAuthorizedOperations = request.IncludeClusterAuthorizedOperations ? context.AuthorizedClusterOperations() : int.MinValue,
            Topics = answers,
        };
    }

    private async ValueTask<MetadataResponseTopic> AnswerAsync(MetadataRequest.MetadataRequestTopic asked, MetadataRequest request, RequestContext context)
    {
        if (asked.Name is null)
        {
            if (!topics.TryFind(asked.TopicId, out var byId))
                return new MetadataResponseTopic { ErrorCode = ErrorCode.UnknownTopicId, TopicId = asked.TopicId };
            return context.Allows(AclOperation.Describe, ResourceType.Topic, byId.Name)
                ? Describe(byId, request, context)
                : new MetadataResponseTopic { ErrorCode = ErrorCode.TopicAuthorizationFailed, TopicId = asked.TopicId };
        }

        // Whether the topic exists is no business of a client that may not describe it.
        if (!context.Allows(AclOperation.Describe, ResourceType.Topic, asked.Name))
            return new MetadataResponseTopic { ErrorCode = ErrorCode.TopicAuthorizationFailed, Name = asked.Name };
        if (topics.TryFind(asked.Name, out var topic))
            return Describe(topic, request, context);
        if (TopicName.Check(asked.Name) is not null)
            return new MetadataResponseTopic { ErrorCode = ErrorCode.InvalidTopicException, Name = asked.Name };
        if (!request.AllowAutoTopicCreation || !options.AutoCreateTopicsEnable)
            return new MetadataResponseTopic { ErrorCode = ErrorCode.UnknownTopicOrPartition, Name = asked.Name };
        if (!context.Shows(AclOperation.Create, ResourceType.Cluster, AclBinding.ClusterName)
            && !context.Allows(AclOperation.Create, ResourceType.Topic, asked.Name))
        {
            return new MetadataResponseTopic { ErrorCode = ErrorCode.TopicAuthorizationFailed, Name = asked.Name };
        }

        try
        {
            return Describe(await topics.CreateAsync(asked.Name, -1, new Dictionary<string, string?>()).ConfigureAwait(false), request, context);
        }
        catch (TopicFaultException e)
        {
            return topics.TryFind(asked.Name, out topic)
                ? Describe(topic, request, context)
                : new MetadataResponseTopic { ErrorCode = e.Code, Name = asked.Name };
        }
        catch (IOException)
        {
            // Said in the log; the client asks again.
            return new MetadataResponseTopic { ErrorCode = ErrorCode.KafkaStorageError, Name = asked.Name };
        }
    }

    private MetadataResponseTopic Describe(Topic topic, MetadataRequest request, RequestContext context)
    {
        int[] self = [options.NodeId];
        return new MetadataResponseTopic
        {
            Name = topic.Name,
            TopicId = topic.Id,
            IsInternal = topic.IsInternal,
            TopicAuthorizedOperations = request.IncludeTopicAuthorizedOperations
                ? context.AuthorizedOperations(ResourceType.Topic, topic.Name)
                : int.MinValue,
            Partitions = topic.Partitions.Select(p => new MetadataResponsePartition
            {
                PartitionIndex = p.Index,
                ErrorCode = p.IsOnline ? ErrorCode.None : ErrorCode.LeaderNotAvailable,
                LeaderId = p.IsOnline ? options.NodeId : -1,
                LeaderEpoch = p.LeaderEpoch,
                ReplicaNodes = self,
                IsrNodes = p.IsOnline ? self : [],
                OfflineReplicas = p.IsOnline ? [] : self,
            }).ToList(),
        };
    }
}
