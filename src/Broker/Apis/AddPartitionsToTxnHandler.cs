using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using Broker.Transactions;
using static Broker.Protocol.Messages.AddPartitionsToTxnResponse;

namespace Broker.Apis;

/// <summary>
/// AddPartitionsToTxn 0-3: all partitions or none. Where one does not exist or is not to be written to, the others are not attempted. Versions 4 and 5 are
/// spoken between brokers and not announced. Before version 2 clients know only INVALID_PRODUCER_EPOCH for having been fenced.
/// </summary>
internal sealed class AddPartitionsToTxnHandler(TransactionCoordinator transactions, TopicCatalog topics)
{
    public async ValueTask<AddPartitionsToTxnResponse?> HandleAsync(AddPartitionsToTxnRequest request, RequestContext context)
    {
        if (!context.Allows(AclOperation.Write, ResourceType.TransactionalId, request.TransactionalId))
            return Answer(request, _ => ErrorCode.TransactionalIdAuthorizationFailed);

        var denied = request.Topics.Select(t => t.Name).Where(t => TopicName.IsInternal(t) || !context.Allows(AclOperation.Write, ResourceType.Topic, t)).ToHashSet();
        var partitions = request.Topics.SelectMany(t => t.Partitions.Select(index => new TopicPartition(t.Name, index))).ToHashSet();
        var missing = partitions.Where(p => topics.FindPartition(p.Topic, p.Partition) is null).ToHashSet();
        if (missing.Count > 0 || denied.Count > 0)
        {
            return Answer(request, p =>
                denied.Contains(p.Topic) ? ErrorCode.TopicAuthorizationFailed
                : missing.Contains(p) ? ErrorCode.UnknownTopicOrPartition
                : ErrorCode.OperationNotAttempted);
        }

        var error = request.TransactionalId.Length == 0
            ? ErrorCode.InvalidRequest
            : await transactions.AddPartitionsAsync(
                request.TransactionalId, new TransactionalProducer(request.ProducerId, request.ProducerEpoch), partitions).ConfigureAwait(false);
        error = error.ForVersion(context.Version, firstWithFenced: 2);
        return Answer(request, _ => error);
    }

    private static AddPartitionsToTxnResponse Answer(AddPartitionsToTxnRequest request, Func<TopicPartition, ErrorCode> code) => new()
    {
        ResultsByTopic = [.. request.Topics.Select(topic => new AddPartitionsToTxnTopicResult
        {
            Name = topic.Name,
            ResultsByPartition = [.. topic.Partitions.Select(index => new AddPartitionsToTxnPartitionResult
            {
                PartitionIndex = index,
                PartitionErrorCode = code(new TopicPartition(topic.Name, index)),
            })],
        })],
    };
}
