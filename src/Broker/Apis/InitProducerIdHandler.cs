using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Topics;

namespace Broker.Apis;

/// <summary>
/// InitProducerId 0-5, for idempotent producers: an id nobody had before, epoch 0, durable across restarts. A transactional id is
/// refused, as <see cref="FindCoordinatorHandler"/> does before it.
/// </summary>
internal sealed class InitProducerIdHandler(BrokerIdentity identity)
{
    public ValueTask<InitProducerIdResponse?> HandleAsync(InitProducerIdRequest request, RequestContext context)
    {
        if (request.TransactionalId is not null)
            return new(new InitProducerIdResponse { ErrorCode = ErrorCode.TransactionalIdAuthorizationFailed, ProducerEpoch = -1 });

        if (!context.Shows(AclOperation.IdempotentWrite, ResourceType.Cluster, AclBinding.ClusterName)
            && !context.AllowsSome(AclOperation.Write, ResourceType.Topic))
        {
            return new(new InitProducerIdResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed, ProducerEpoch = -1 });
        }

        try
        {
            return new(new InitProducerIdResponse { ProducerId = identity.NextProducerId() });
        }
        catch (IOException)
        {
            // Nothing was given out; the client asks again.
            return new(new InitProducerIdResponse { ErrorCode = ErrorCode.CoordinatorNotAvailable, ProducerEpoch = -1 });
        }
    }
}
