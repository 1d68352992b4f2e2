using Broker.Authorization;
using Broker.Connections;
using Broker.Groups;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Transactions;

namespace Broker.Apis;

/// <summary>
/// EndTxn 0-5: answered when the transaction is over for every reader. Version 5 ends it in the second dialect (KIP-890): the
/// answer has the id and epoch of the next one. Before version 2 clients know only INVALID_PRODUCER_EPOCH for having been fenced.
/// </summary>
internal sealed class EndTxnHandler(TransactionCoordinator transactions)
{
    private const short FirstOfSecondDialect = 5;

    public async ValueTask<EndTxnResponse?> HandleAsync(EndTxnRequest request, RequestContext context)
    {
        if (!context.Allows(AclOperation.Write, ResourceType.TransactionalId, request.TransactionalId))
            return new EndTxnResponse { ErrorCode = ErrorCode.TransactionalIdAuthorizationFailed };
        if (request.TransactionalId.Length == 0)
            return new EndTxnResponse { ErrorCode = ErrorCode.InvalidRequest };

        var dialect = context.Version >= FirstOfSecondDialect ? TransactionState.SecondDialect : TransactionState.FirstDialect;
        var (error, next) = await transactions.EndAsync(
            request.TransactionalId, new TransactionalProducer(request.ProducerId, request.ProducerEpoch), request.Committed, dialect)
            .ConfigureAwait(false);
        return error == ErrorCode.None
            ? new EndTxnResponse { ProducerId = next.Id, ProducerEpoch = next.Epoch }
            : new EndTxnResponse { ErrorCode = error.ForVersion(context.Version, firstWithFenced: 2) };
    }
}
