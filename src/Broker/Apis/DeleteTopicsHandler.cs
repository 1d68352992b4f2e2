using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using static Broker.Protocol.Messages.DeleteTopicsRequest;
using static Broker.Protocol.Messages.DeleteTopicsResponse;

namespace Broker.Apis;

/// <summary>DeleteTopics 1-6, by name or, from 6, by id. A deleted topic's files and what groups
/// had committed for it are gone when the answer leaves.</summary>
internal sealed class DeleteTopicsHandler(BrokerOptions options, TopicCatalog topics, GroupCoordinator groups)
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
            var name = topic?.Name ?? asked.Name;
            if (name is not null && !context.Allows(AclOperation.Delete, ResourceType.Topic, name))
            {
                // A name is not told to who knows but the id.
                if (asked.Name is null && !context.Shows(AclOperation.Describe, ResourceType.Topic, name))
                    result.Name = null;
                throw new TopicFaultException(ErrorCode.TopicAuthorizationFailed, "Deleting a topic needs Delete on it.");
            }

            if (!known)
            {
                throw new TopicFaultException(
                    asked.Name is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition, "This topic does not exist.");
            }

            await topics.DeleteAsync(topic!.Id).ConfigureAwait(false);
            await groups.ForgetTopicAsync(topic.Name).ConfigureAwait(false);
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
}
