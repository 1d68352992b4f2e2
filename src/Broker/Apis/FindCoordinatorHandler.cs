using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>
/// FindCoordinator 0-6. This broker coordinates every group (key type 0) and every transactional id (1); share groups (2) are
/// unknown.
/// </summary>
internal sealed class FindCoordinatorHandler(BrokerOptions options)
{
    private const sbyte Group = 0;
    private const sbyte Transaction = 1;

    public ValueTask<FindCoordinatorResponse?> HandleAsync(FindCoordinatorRequest request, RequestContext context)
    {
        var error = request.KeyType is Group or Transaction ? ErrorCode.None : ErrorCode.InvalidRequest;
        var message = error == ErrorCode.None ? null : $"Key type {request.KeyType} is not served.";
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
