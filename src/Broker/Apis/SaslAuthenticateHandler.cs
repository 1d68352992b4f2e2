using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>
/// SaslAuthenticate 0-2: a token of the mechanism agreed on. A failed one is answered late and the connection closed. From version 1
/// on the answer that ends the exchange says how long the session lasts (KIP-368).
/// </summary>
internal static class SaslAuthenticateHandler
{
    public static async ValueTask<SaslAuthenticateResponse?> HandleAsync(SaslAuthenticateRequest request, RequestContext context)
    {
        if (context.Session is not { ExpectsToken: true } session)
        {
            return new SaslAuthenticateResponse
            {
                ErrorCode = ErrorCode.IllegalSaslState,
                ErrorMessage = "SaslAuthenticate request received after successful authentication",
            };
        }

        var (answer, refusal, lifetimeMs) = await session.AuthenticateAsync(request.AuthBytes, context.Aborted).ConfigureAwait(false);
        if (refusal is not null)
            context.CloseConnection(CloseReason.AuthenticationFailed);
        return new SaslAuthenticateResponse
        {
            ErrorCode = refusal is null ? ErrorCode.None : ErrorCode.SaslAuthenticationFailed,
            ErrorMessage = refusal,
            AuthBytes = answer,
            SessionLifetimeMs = lifetimeMs,
        };
    }
}
