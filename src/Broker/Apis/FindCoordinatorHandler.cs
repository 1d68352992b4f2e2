using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.FindCoordinatorResponse;

namespace Broker.Apis;

/// <summary>
/// FindCoordinator 0-6. This broker coordinates every group (key type 0) and every transactional id (1); share groups (2) are
/// unknown.
/// </summary>
internal sealed class FindCoordinatorHandler(BrokerOptions options)
{
    private const sbyte Group = 0;
    private const sbyte Transaction = 1;

    /// <summary>What Apache Kafka says in versions 1 to 3 when all is well; from 4 on it says an empty word.</summary>
    private const string MessageOfNoError = "NONE";

    public ValueTask<FindCoordinatorResponse?> HandleAsync(FindCoordinatorRequest request, RequestContext context)
    {
        if (context.Version >= 4)
            return new(new FindCoordinatorResponse { Coordinators = request.CoordinatorKeys.Select(key => Find(key, request.KeyType, context)).ToList() });

        var found = Find(request.Key, request.KeyType, context);
        return new(new FindCoordinatorResponse
        {
            ErrorCode = found.ErrorCode,
            ErrorMessage = found.ErrorCode == ErrorCode.None ? MessageOfNoError : found.ErrorMessage,
            NodeId = found.NodeId,
            Host = found.Host,
            Port = found.Port,
        });
    }

    private Coordinator Find(string key, sbyte keyType, RequestContext context)
    {
        var error = keyType switch
        {
            Group => context.Allows(AclOperation.Describe, ResourceType.Group, key) ? ErrorCode.None : ErrorCode.GroupAuthorizationFailed,
            Transaction => context.Allows(AclOperation.Describe, ResourceType.TransactionalId, key)
                ? ErrorCode.None : ErrorCode.TransactionalIdAuthorizationFailed,
            _ => ErrorCode.InvalidRequest,
        };
        return error == ErrorCode.None
            ? new Coordinator { Key = key, ErrorMessage = "", NodeId = options.NodeId, Host = context.Listener.AdvertisedHost, Port = context.Listener.AdvertisedPort }
            : new Coordinator
            {
                Key = key,
                ErrorCode = error,
                ErrorMessage = error == ErrorCode.InvalidRequest ? $"Key type {keyType} is not served." : null,
                NodeId = -1,
                Port = -1,
            };
    }
}
