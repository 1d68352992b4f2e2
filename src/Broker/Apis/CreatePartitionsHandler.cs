using System.Globalization;
using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Quotas;
using Broker.Topics;
using static Broker.Protocol.Messages.CreatePartitionsRequest;
using static Broker.Protocol.Messages.CreatePartitionsResponse;

namespace Broker.Apis;

/// <summary>CreatePartitions 0-3: raises a topic's number of partitions; it never falls.</summary>
internal sealed class CreatePartitionsHandler(BrokerOptions options, TopicCatalog topics)
{
    private readonly ReplicaPlacement _placement = new(options.NodeId);

    public async ValueTask<CreatePartitionsResponse?> HandleAsync(CreatePartitionsRequest request, RequestContext context)
    {
        var repeated = request.Topics.GroupBy(t => t.Name).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        var results = new List<CreatePartitionsTopicResult>();
        foreach (var asked in request.Topics.DistinctBy(t => t.Name))
        {
            results.Add(repeated.Contains(asked.Name)
                ? new CreatePartitionsTopicResult { Name = asked.Name, ErrorCode = ErrorCode.InvalidRequest, ErrorMessage = "Duplicate topic name." }
                : await AddAsync(asked, request.ValidateOnly, context).ConfigureAwait(false));
        }

        return new CreatePartitionsResponse { Results = results };
    }

    private async ValueTask<CreatePartitionsTopicResult> AddAsync(CreatePartitionsTopic asked, bool validateOnly, RequestContext context)
    {
        var result = new CreatePartitionsTopicResult { Name = asked.Name };
        try
        {
            if (!context.Allows(AclOperation.Alter, ResourceType.Topic, asked.Name))
                throw new TopicFaultException(ErrorCode.TopicAuthorizationFailed, "Adding partitions needs Alter on the topic.");

            if (topics.TryFind(asked.Name, out var topic) && asked.Count > topic.Partitions.Count)
                context.Mutate(asked.Count - topic.Partitions.Count, strictSince: 3);
            await topics.AddPartitionsAsync(asked.Name, asked.Count, now => CheckAssignments(asked, now), validateOnly).ConfigureAwait(false);
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

    private void CheckAssignments(CreatePartitionsTopic asked, int partitionsNow)
    {
        if (asked.Assignments is not { } assignments)
            return;

        var added = asked.Count - partitionsNow;
        if (assignments.Count != added)
        {
            throw ReplicaPlacement.Refused(string.Create(
                CultureInfo.InvariantCulture, $"Attempted to add {added} additional partition(s), but only {assignments.Count} assignment(s) were specified."));
        }

        foreach (var assignment in assignments)
            _placement.Check(assignment.BrokerIds);
    }
}
