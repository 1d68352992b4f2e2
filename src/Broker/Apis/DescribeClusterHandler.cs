using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;

namespace Broker.Apis;

/// <summary>DescribeCluster 0-2: one broker, which is also the controller. Endpoints of controllers are not to be had.</summary>
internal sealed class DescribeClusterHandler(BrokerOptions options, BrokerIdentity identity)
{
    private const sbyte Brokers = 1;

    public ValueTask<DescribeClusterResponse?> HandleAsync(DescribeClusterRequest request, RequestContext context)
    {
        if (request.EndpointType != Brokers)
        {
            return new(new DescribeClusterResponse
            {
                ErrorCode = ErrorCode.MismatchedEndpointType,
                ErrorMessage = "This listener is a broker's.",
                EndpointType = request.EndpointType,
            });
        }

        return new(new DescribeClusterResponse
        {
            ClusterId = identity.ClusterId,
            ControllerId = options.NodeId,
            ClusterAuthorizedOperations = request.IncludeClusterAuthorizedOperations ? context.AuthorizedClusterOperations() : int.MinValue,
            Brokers =
            [
                new DescribeClusterResponse.DescribeClusterBroker
                {
                    BrokerId = options.NodeId,
                    Host = context.Listener.AdvertisedHost,
                    Port = context.Listener.AdvertisedPort,
                },
            ],
        });
    }
}
