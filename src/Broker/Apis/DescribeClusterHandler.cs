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
    private const sbyte Controllers = 2;

    public ValueTask<DescribeClusterResponse?> HandleAsync(DescribeClusterRequest request, RequestContext context)
    {
        if (request.EndpointType != Brokers)
        {
            var (error, message) = request.EndpointType == Controllers
                ? (ErrorCode.MismatchedEndpointType, "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER")
                : (ErrorCode.UnsupportedEndpointType, $"Unsupported endpoint type {request.EndpointType}");
            return new(new DescribeClusterResponse { ErrorCode = error, ErrorMessage = message });
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
