using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Transactions;
using static Broker.Protocol.Messages.DescribeTransactionsResponse;

namespace Broker.Apis;

/// <summary>DescribeTransactions 0: each transactional id as it stands; an unknown one is TRANSACTIONAL_ID_NOT_FOUND.</summary>
internal sealed class DescribeTransactionsHandler(TransactionCoordinator transactions)
{
    public ValueTask<DescribeTransactionsResponse?> HandleAsync(DescribeTransactionsRequest request, RequestContext context) =>
        new(new DescribeTransactionsResponse { TransactionStates = [.. request.TransactionalIds.Select(id => Describe(id, context))] });

    private DescribedTransaction Describe(string id, RequestContext context)
    {
        if (!context.Allows(AclOperation.Describe, ResourceType.TransactionalId, id))
            return new DescribedTransaction { TransactionalId = id, ErrorCode = ErrorCode.TransactionalIdAuthorizationFailed };

        var described = transactions.Table.Describe(id);
        described.Topics = [.. described.Topics.Where(t => context.Shows(AclOperation.Describe, ResourceType.Topic, t.Topic))];
        return described;
    }
}
