using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Topics;
using Broker.Transactions;

namespace Broker.Apis;

/// <summary>
/// InitProducerId 0-5. Without a transactional id: an id nobody had before, epoch 0, durable across restarts. With one: the id it
/// has, with a higher epoch that fences whoever had it before. From version 3 on a producer may name its id and epoch to go on with
/// after an error (KIP-360). Before version 4 clients know only INVALID_PRODUCER_EPOCH for having been fenced.
/// </summary>
internal sealed class InitProducerIdHandler(BrokerIdentity identity, TransactionCoordinator transactions)
{
    public async ValueTask<InitProducerIdResponse?> HandleAsync(InitProducerIdRequest request, RequestContext context)
    {
        if ((request.ProducerId == RecordBatchHeader.NoProducerId) != (request.ProducerEpoch == RecordBatchHeader.NoProducerEpoch))
            return Refuse(ErrorCode.InvalidRequest);
        if (request.TransactionalId is null)
            return New(context);
        if (!context.Allows(AclOperation.Write, ResourceType.TransactionalId, request.TransactionalId))
            return Refuse(ErrorCode.TransactionalIdAuthorizationFailed);
        if (request.TransactionalId.Length == 0)
            return Refuse(ErrorCode.InvalidRequest);

        var known = request.ProducerId == RecordBatchHeader.NoProducerId
            ? (TransactionalProducer?)null
            : new TransactionalProducer(request.ProducerId, request.ProducerEpoch);
        var (error, producer) = await transactions.InitAsync(request.TransactionalId, request.TransactionTimeoutMs, known).ConfigureAwait(false);
        return error == ErrorCode.None
            ? new InitProducerIdResponse { ProducerId = producer.Id, ProducerEpoch = producer.Epoch }
            : Refuse(error.ForVersion(context.Version, firstWithFenced: 4));
    }

    private InitProducerIdResponse New(RequestContext context)
    {
        if (!context.Shows(AclOperation.IdempotentWrite, ResourceType.Cluster, AclBinding.ClusterName)
            && !context.AllowsSome(AclOperation.Write, ResourceType.Topic))
        {
            return Refuse(ErrorCode.ClusterAuthorizationFailed);
        }

        try
        {
            return new InitProducerIdResponse { ProducerId = identity.NextProducerId() };
        }
        catch (IOException)
        {
            // Nothing was given out; the client asks again.
            return Refuse(ErrorCode.CoordinatorNotAvailable);
        }
    }

    private static InitProducerIdResponse Refuse(ErrorCode error) => new() { ErrorCode = error, ProducerEpoch = -1 };
}
