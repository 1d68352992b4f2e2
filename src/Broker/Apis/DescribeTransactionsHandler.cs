using Broker.Connections;
using Broker.Protocol.Messages;
using Broker.Transactions;

namespace Broker.Apis;

/// <summary>DescribeTransactions 0: each transactional id as it stands; an unknown one is TRANSACTIONAL_ID_NOT_FOUND.</summary>
internal sealed class DescribeTransactionsHandler(TransactionCoordinator transactions)
{
    public ValueTask<DescribeTransactionsResponse?> HandleAsync(DescribeTransactionsRequest request, RequestContext context) =>
        new(new DescribeTransactionsResponse { TransactionStates = [.. request.TransactionalIds.Select(transactions.Table.Describe)] });
}
