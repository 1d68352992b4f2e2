using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Quotas;
using Broker.Topics;
using static Broker.Protocol.Messages.DeleteTopicsRequest;
using static Broker.Protocol.Messages.DeleteTopicsResponse;

namespace Broker.Apis;

/// <summary>DeleteTopics 1-6, by name or, from 6, by id. A deleted topic's files and what groups
/// had committed for it are gone when the answer leaves.</summary>
internal sealed class DeleteTopicsHandler(BrokerOptions options, TopicCatalog topics)
{
    public async ValueTask<DeleteTopicsResponse?> HandleAsync(DeleteTopicsRequest request, RequestContext context)
    {
        var asked = context.Version >= 6 ? request.Topics : request.TopicNames.Select(name => new DeleteTopicState { Name = name });
        var results = new List<DeletableTopicResult>();
        foreach (var same in asked.GroupBy(t => (t.Name, t.TopicId)))
        {
            results.Add(same.Count() > 1
                ? Refused(same.First(), ErrorCode.InvalidRequest, same.Key.Name is null ? "Duplicate topic id." : "Duplicate topic name.")
                : await DeleteAsync(same.First(), context).ConfigureAwait(false));
        }

        return new DeleteTopicsResponse { Responses = results };
    }

    private async ValueTask<DeletableTopicResult> DeleteAsync(DeleteTopicState asked, RequestContext context)
    {
        if (asked.Name is not null && asked.TopicId != Guid.Empty)
            return Refused(asked, ErrorCode.InvalidRequest, "You may not specify both topic name and topic id.");
        if (asked.Name is null && asked.TopicId == Guid.Empty)
            return Refused(asked, ErrorCode.InvalidRequest, "Neither topic name nor id were specified.");

        Topic? topic;
        var known = asked.Name is null ? topics.TryFind(asked.TopicId, out topic) : topics.TryFind(asked.Name, out topic);
        var result = new DeletableTopicResult { Name = topic?.Name ?? asked.Name, TopicId = topic?.Id ?? asked.TopicId };
        try
        {
            if (!options.DeleteTopicEnable)
                throw new TopicFaultException(ErrorCode.TopicDeletionDisabled, "delete.topic.enable is false.");
            CheckAccess(asked, topic, result, context);
            if (!known)
            {
                throw new TopicFaultException(
                    asked.Name is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition, "This topic does not exist.");
            }

            context.Mutate(topic!.Partitions.Count, strictSince: 5);
            await topics.DeleteAsync(topic.Id).ConfigureAwait(false);
        }
        catch (TopicFaultException e)
        {
            (result.ErrorCode, result.ErrorMessage) = (e.Code, e.Message);
        }
        catch (IOException e)
        {
            (result.ErrorCode, result.ErrorMessage) = (ErrorCode.KafkaStorageError, e.Message);
        }

        return result;
    }

    private static DeletableTopicResult Refused(DeleteTopicState asked, ErrorCode code, string message) =>
        new() { Name = asked.Name, TopicId = asked.TopicId, ErrorCode = code, ErrorMessage = message };

    /// <summary>
    /// Delete on the cluster is enough for every topic. Whether a topic exists is told to who may describe it, and its name to nobody
    /// else who knows but the id.
    /// </summary>
    private static void CheckAccess(DeleteTopicState asked, Topic? topic, DeletableTopicResult result, RequestContext context)
    {
        if ((topic?.Name ?? asked.Name) is not { } name || context.Shows(AclOperation.Delete, ResourceType.Cluster, AclBinding.ClusterName))
            return;

        var mayDescribe = context.Shows(AclOperation.Describe, ResourceType.Topic, name);
        if ((mayDescribe && topic is null) || context.Allows(AclOperation.Delete, ResourceType.Topic, name))
            return;

        result.TopicId = asked.TopicId;
        result.Name = asked.Name ?? (mayDescribe ? name : null);
        throw new TopicFaultException(ErrorCode.TopicAuthorizationFailed, "Deleting a topic needs Delete on it.");
    }
}
