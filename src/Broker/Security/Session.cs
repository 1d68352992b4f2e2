using System.Net;
using Broker.Authorization;
using Broker.Connections;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Security.Sasl;

namespace Broker.Security;

/// <summary>
/// Who one client is and what it may send: SASL's handshake and tokens first where its listener wants that, requests afterwards, and
/// the handshake once more to authenticate again (KIP-368). Used by the connection's receive loop and the handlers it runs one after
/// another, so by one thread at a time.
/// </summary>
internal sealed class Session(Listener listener, BrokerContext broker, EndPoint? client)
{
    /// <summary>A handshake sooner than this after the last one is an ordinary request, and refused; as in Kafka.</summary>
    private static readonly TimeSpan MinReauthentication = TimeSpan.FromSeconds(1);

    private SessionState _state = listener.Security.Protocol.UsesSasl() ? SessionState.Handshake : SessionState.Open;
    private SaslMechanism? _mechanism;
    private ISaslServer? _exchange;
    private long? _lastReauthentication;
    private long _authenticatedAt;
    private TimeSpan? _lifetime;
    private bool _authenticatedBefore;

    /// <summary>Anonymous until TLS or SASL have found somebody.</summary>
    public KafkaPrincipal Principal { get; private set; } = KafkaPrincipal.Anonymous;

    public bool IsAuthenticated => _authenticatedBefore || !listener.Security.Protocol.UsesSasl();

    /// <summary>Whether the next frame is a token without a request around it, as after a handshake of version 0.</summary>
    public bool ExpectsBareToken => _state == SessionState.BareTokens;

    /// <summary>Whether a token is due, in a request of its own.</summary>
    public bool ExpectsToken => _state == SessionState.Tokens;

    public FrameBounds FrameBounds => new(
        ExpectsBareToken ? 0 : Frame.MinRequestLength,
        IsAuthenticated ? broker.Options.SocketRequestMaxBytes : listener.Security.MaxUnauthenticatedLength);

    private IEnumerable<string> Offered => listener.Security.Mechanisms.Select(m => m.Name);

    /// <summary>Takes over who the TLS handshake found.</summary>
    public void Secured(KafkaPrincipal principal)
    {
        Principal = principal;
        if (principal != KafkaPrincipal.Anonymous)
            broker.Logger.Authenticated(client, listener.Name, principal, "SSL");
    }

    /// <summary>Why a request must end the connection; null when it may be served.</summary>
    public CloseReason? Refuses(ApiKey key) => _state switch
    {
        SessionState.Open => _lifetime is null || key == ApiKey.SaslHandshake ? null : RefusesWhenExpired(),
        SessionState.Handshake when key is not (ApiKey.ApiVersions or ApiKey.SaslHandshake) => CloseReason.NotAuthenticated,
        SessionState.Tokens when key != ApiKey.SaslAuthenticate => CloseReason.NotAuthenticated,
        SessionState.Failed => CloseReason.AuthenticationFailed,
        _ => null,
    };

    /// <returns>
    /// None: the tokens follow. Unsupported mechanism: the connection must be closed. Illegal state: nothing has changed.
    /// </returns>
    public async ValueTask<(ErrorCode Error, IReadOnlyList<string> Mechanisms)> HandshakeAsync(string name, short version, CancellationToken ct)
    {
        if (_state == SessionState.Open && !MayReauthenticate())
            return (ErrorCode.IllegalSaslState, []);

        var mechanism = listener.Security.Mechanisms.FirstOrDefault(m => m.Name == name);
        if (mechanism is null)
        {
            await FailAsync("its mechanism is not offered here", ct).ConfigureAwait(false);
            return (ErrorCode.UnsupportedSaslMechanism, [.. Offered]);
        }

        if (_authenticatedBefore && mechanism.Name != _mechanism!.Name)
        {
            await FailAsync("the mechanism cannot change", ct).ConfigureAwait(false);
            return (ErrorCode.UnsupportedSaslMechanism, [.. Offered]);
        }

        _mechanism = mechanism;
        _exchange = mechanism.Begin(broker.Scram);
        _state = version == 0 ? SessionState.BareTokens : SessionState.Tokens;
        return (ErrorCode.None, [.. Offered]);
    }

    /// <returns>The token for the client and how long its session lasts in milliseconds; or why it is nobody, and the connection must be closed.</returns>
    public async ValueTask<(byte[] Answer, string? Refusal, long LifetimeMs)> AuthenticateAsync(byte[] token, CancellationToken ct)
    {
        var step = _exchange!.Next(token);
        if (step.User is { } user && _authenticatedBefore && user != Principal.Name)
            step = SaslStep.Refuse($"Cannot change principals during re-authentication from {Principal} to {KafkaPrincipal.User(user)}");
        if (step.Refusal is { } refusal)
        {
            await FailAsync(refusal, ct).ConfigureAwait(false);
            return ([], refusal, 0);
        }

        return (step.Answer, null, step.User is null ? 0 : Open(step.User));
    }

    private CloseReason? RefusesWhenExpired()
    {
        if (broker.Time.GetElapsedTime(_authenticatedAt) <= _lifetime)
            return null;

        broker.Metrics.Connections.Expired(listener.Name);
        return CloseReason.SessionExpired;
    }

    private bool MayReauthenticate()
    {
        if (!listener.Security.Protocol.UsesSasl() || (_lastReauthentication is { } last && broker.Time.GetElapsedTime(last) < MinReauthentication))
            return false;

        _lastReauthentication = broker.Time.GetTimestamp();
        return true;
    }

    private long Open(string user)
    {
        Principal = KafkaPrincipal.User(user);
        var lifetimeMs = _mechanism!.MaxSessionMs;
        (_state, _exchange, _authenticatedAt) = (SessionState.Open, null, broker.Time.GetTimestamp());
        _lifetime = lifetimeMs > 0 ? TimeSpan.FromMilliseconds(lifetimeMs) : null;
        broker.Metrics.Connections.Authenticated(listener.Name, _mechanism.Name, _authenticatedBefore);
        if (!_authenticatedBefore)
            broker.Logger.Authenticated(client, listener.Name, Principal, _mechanism.Name);
        _authenticatedBefore = true;
        return lifetimeMs;
    }

    /// <summary>Holds the answer back, so that guessing takes its time.</summary>
    private async ValueTask FailAsync(string why, CancellationToken ct)
    {
        _state = SessionState.Failed;
        var heldBack = Task.Delay(TimeSpan.FromMilliseconds(broker.Options.ConnectionFailedAuthenticationDelayMs), broker.Time, ct);
        broker.Metrics.Connections.AuthenticationFailed(listener.Name, _mechanism?.Name ?? "", _authenticatedBefore);
        broker.Logger.AuthenticationFailed(client, listener.Name, _mechanism?.Name ?? "SASL", why);
        await heldBack.ConfigureAwait(false);
    }

    private enum SessionState
    {
        Handshake,
        Tokens,
        BareTokens,
        Open,
        Failed,
    }
}
