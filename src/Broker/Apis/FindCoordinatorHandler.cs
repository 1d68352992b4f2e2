using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>
/// FindCoordinator 0-6. This broker coordinates every group (key type 0). Transactions (1) are refused with the one code on which
/// clients give up at once, and a sentence saying why; share groups (2) are unknown.
/// </summary>
internal sealed class FindCoordinatorHandler(BrokerOptions options)
{
    private const sbyte Group = 0;
    private const sbyte Transaction = 1;
    private const string NoTransactions = "This broker does not serve transactions: use an idempotent producer without a transactional id.";

    public ValueTask<FindCoordinatorResponse?> HandleAsync(FindCoordinatorRequest request, RequestContext context)
    {
        var error = request.KeyType switch
        {
            Group => ErrorCode.None,
            Transaction => ErrorCode.TransactionalIdAuthorizationFailed,
            _ => ErrorCode.InvalidRequest,
        };
        var message = request.KeyType switch
        {
            Group => null,
            Transaction => NoTransactions,
            _ => $"Key type {request.KeyType} is not served.",
        };
        var found = error == ErrorCode.None;
        var nodeId = found ? options.NodeId : -1;
        var host = found ? context.Listener.AdvertisedHost : "";
        var port = found ? context.Listener.AdvertisedPort : -1;
        if (context.Version < 4)
            return new(new FindCoordinatorResponse { ErrorCode = error, ErrorMessage = message, NodeId = nodeId, Host = host, Port = port });

        return new(new FindCoordinatorResponse
        {
            Coordinators = request.CoordinatorKeys.Select(key => new FindCoordinatorResponse.Coordinator
            {
                Key = key,
                ErrorCode = error,
                ErrorMessage = message,
                NodeId = nodeId,
                Host = host,
                Port = port,
            }).ToList(),
        });
    }
}
