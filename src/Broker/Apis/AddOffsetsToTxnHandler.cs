using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;
using Broker.Transactions;

namespace Broker.Apis;

/// <summary>
/// AddOffsetsToTxn 0-4: the partition of the offsets topic that keeps the group becomes part of the transaction. Before version 2
/// clients know only INVALID_PRODUCER_EPOCH for having been fenced.
/// </summary>
internal sealed class AddOffsetsToTxnHandler(TransactionCoordinator transactions, GroupCoordinator groups)
{
    public async ValueTask<AddOffsetsToTxnResponse?> HandleAsync(AddOffsetsToTxnRequest request, RequestContext context) =>
        new() { ErrorCode = (await AddAsync(request, context).ConfigureAwait(false)).ForVersion(context.Version, firstWithFenced: 2) };

    private async ValueTask<ErrorCode> AddAsync(AddOffsetsToTxnRequest request, RequestContext context)
    {
        if (!context.Allows(AclOperation.Write, ResourceType.TransactionalId, request.TransactionalId))
            return ErrorCode.TransactionalIdAuthorizationFailed;
        if (!context.Allows(AclOperation.Read, ResourceType.Group, request.GroupId))
            return ErrorCode.GroupAuthorizationFailed;
        if (request.TransactionalId.Length == 0)
            return ErrorCode.InvalidRequest;

        int partition;
        try
        {
            partition = await groups.PartitionForAsync(request.GroupId).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The offsets topic could not be made; the client asks again.
            return ErrorCode.CoordinatorNotAvailable;
        }

        return await transactions.AddPartitionsAsync(
            request.TransactionalId,
            new TransactionalProducer(request.ProducerId, request.ProducerEpoch),
            [new TopicPartition(TopicName.ConsumerOffsets, partition)]).ConfigureAwait(false);
    }
}
