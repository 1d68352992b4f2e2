using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.ConsumerGroupDescribeResponse;

namespace Broker.Apis;

/// <summary>
/// ConsumerGroupDescribe 0-1: groups of the consumer protocol, with what each member holds and shall hold. From version 1 it says which protocol a
/// member speaks. A group with a topic that the client may not know of is not shown at all.
/// </summary>
internal sealed class ConsumerGroupDescribeHandler(GroupCoordinator groups)
{
    public ValueTask<ConsumerGroupDescribeResponse?> HandleAsync(ConsumerGroupDescribeRequest request, RequestContext context) =>
        new(new ConsumerGroupDescribeResponse { Groups = [.. request.GroupIds.Select(id => Describe(id, request.IncludeAuthorizedOperations, context))] });

    private DescribedGroup Describe(string groupId, bool withOperations, RequestContext context)
    {
        if (!context.Allows(AclOperation.Describe, ResourceType.Group, groupId))
            return new DescribedGroup { GroupId = groupId, ErrorCode = ErrorCode.GroupAuthorizationFailed };

        var described = groups.DescribeConsumers(groupId);
        var topics = described.Members.SelectMany(m => m.Assignment.TopicPartitions.Concat(m.TargetAssignment.TopicPartitions)).Select(t => t.TopicName).Distinct();
        if (!topics.All(name => context.Shows(AclOperation.Describe, ResourceType.Topic, name)))
        {
            return new DescribedGroup
            {
                GroupId = groupId,
                ErrorCode = ErrorCode.TopicAuthorizationFailed,
                ErrorMessage = "The group has described topic(s) that the client is not authorized to describe.",
            };
        }

        if (withOperations && described.ErrorCode == ErrorCode.None)
            described.AuthorizedOperations = context.AuthorizedOperations(ResourceType.Group, groupId);
        return described;
    }
}
