using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>ListPartitionReassignments 0: never any, with one broker. Kafka's tool for topics asks before it describes.</summary>
internal static class ListPartitionReassignmentsHandler
{
    public static ValueTask<ListPartitionReassignmentsResponse?> HandleAsync(ListPartitionReassignmentsRequest request, RequestContext context) =>
        new(context.AllowsCluster(AclOperation.Describe)
            ? new ListPartitionReassignmentsResponse()
            : new ListPartitionReassignmentsResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed });
}
