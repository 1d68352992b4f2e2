using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol.Messages;
using Broker.Transactions;

namespace Broker.Apis;

/// <summary>
/// ListTransactions 0-2: by state and producer id, from version 1 those open for longer than a time (KIP-994), from version 2 those
/// whose id matches a pattern (KIP-1152). A state that does not exist is named in the answer and matches nothing.
/// </summary>
internal sealed class ListTransactionsHandler(TransactionCoordinator transactions)
{
    public ValueTask<ListTransactionsResponse?> HandleAsync(ListTransactionsRequest request, RequestContext context)
    {
        var response = transactions.Table.List(request);
        response.TransactionStates =
            [.. response.TransactionStates.Where(t => context.Shows(AclOperation.Describe, ResourceType.TransactionalId, t.TransactionalId))];
        return new(response);
    }
}
