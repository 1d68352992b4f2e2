using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>
/// SaslHandshake 0-1: the client names a mechanism. After version 0 its tokens come bare, after version 1 in SaslAuthenticate requests.
/// A mechanism that the listener does not offer is answered with those it does, and the connection closed; so is, on a connection that
/// authenticates again, another mechanism than before.
/// </summary>
internal static class SaslHandshakeHandler
{
    public static async ValueTask<SaslHandshakeResponse?> HandleAsync(SaslHandshakeRequest request, RequestContext context)
    {
        if (context.Session is not { } session)
            return new SaslHandshakeResponse { ErrorCode = ErrorCode.IllegalSaslState };

        var (error, mechanisms) = await session.HandshakeAsync(request.Mechanism, context.Version, context.Aborted).ConfigureAwait(false);
        if (error == ErrorCode.UnsupportedSaslMechanism)
            context.CloseConnection(CloseReason.AuthenticationFailed);
        return new SaslHandshakeResponse { ErrorCode = error, Mechanisms = mechanisms };
    }
}
