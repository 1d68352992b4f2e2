using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using static Broker.Protocol.Messages.CreatePartitionsRequest;
using static Broker.Protocol.Messages.CreatePartitionsResponse;

namespace Broker.Apis;

/// <summary>CreatePartitions 0-3: raises a topic's number of partitions; it never falls.</summary>
internal sealed class CreatePartitionsHandler(BrokerOptions options, TopicCatalog topics)
{
    public async ValueTask<CreatePartitionsResponse?> HandleAsync(CreatePartitionsRequest request, RequestContext context)
    {
        var results = new List<CreatePartitionsTopicResult>();
        foreach (var asked in request.Topics)
            results.Add(await AddAsync(asked, request.ValidateOnly, context).ConfigureAwait(false));
        return new CreatePartitionsResponse { Results = results };
    }

    private async ValueTask<CreatePartitionsTopicResult> AddAsync(CreatePartitionsTopic asked, bool validateOnly, RequestContext context)
    {
        var result = new CreatePartitionsTopicResult { Name = asked.Name };
        try
        {
            if (!context.Allows(AclOperation.Alter, ResourceType.Topic, asked.Name))
                throw new TopicFaultException(ErrorCode.TopicAuthorizationFailed, "Adding partitions needs Alter on the topic.");
            if (asked.Assignments is { } assignments && assignments.Any(a => a.BrokerIds.Count != 1 || a.BrokerIds[0] != options.NodeId))
                throw new TopicFaultException(ErrorCode.InvalidReplicaAssignment, $"Partitions lie on broker {options.NodeId} only.");

            await topics.AddPartitionsAsync(asked.Name, asked.Count, validateOnly).ConfigureAwait(false);
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
}
