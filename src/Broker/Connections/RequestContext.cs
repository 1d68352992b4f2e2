using System.Net;
using Broker.Authorization;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Quotas;
using Broker.Security;

namespace Broker.Connections;

/// <summary>What a handler knows of one request beside its body. Made by the connection; lives until the answer is sent.</summary>
/// <param name="Header">Key, version, correlation id and client id as sent.</param>
/// <param name="Principal">Who the client is.</param>
/// <param name="ClientAddress">Where the client connects from; an IPv4 address as such, whatever the listener.</param>
/// <param name="Listener">The listener it came in by; its advertised address is the one to tell this client.</param>
/// <param name="Aborted">
/// Set when the client is gone or the broker stops. A handler that waits then answers at once with what it has: the client may
/// still be there to read it.
/// </param>
internal sealed record RequestContext(
    RequestHeader Header, KafkaPrincipal Principal, IPAddress ClientAddress, Listener Listener, CancellationToken Aborted)
{
    /// <summary>Says what the client may do.</summary>
    public required Authorizer Authorizer { get; init; }

    public short Version => Header.ApiVersion;

    /// <summary>How the client proves who it is; null where the request did not come over a connection.</summary>
    public Session? Session { get; init; }

    /// <summary>What is noted of the connection; null where nothing is.</summary>
    public ConnectionActivity? Activity { get; init; }

    /// <summary>What the client's use is counted by; null where the request did not come over a connection.</summary>
    public ClientQuotas? Quotas { get; init; }

    /// <summary>Where the connection keeps that it is not listening.</summary>
    public ChannelMute? Mute { get; init; }

    /// <summary>What the answer is counted against until it was sent; null where the request did not come over a connection.</summary>
    public MemoryBudget? Memory { get; init; }

    /// <summary>Bytes of the answer so counted.</summary>
    public int AnswerBytes { get; private set; }

    /// <summary>For how long the client is not listened to after this request, in milliseconds.</summary>
    public int ThrottleTimeMs { get; private set; }

    /// <summary>Why the connection must be closed after this request, answered or not; null to keep it.</summary>
    public CloseReason? CloseAfter { get; private set; }

    public void Throttle(int milliseconds)
    {
        if (milliseconds <= ThrottleTimeMs)
            return;
        ThrottleTimeMs = milliseconds;
        Mute?.For(milliseconds);
    }

    /// <summary>Counts the answer from now until <see cref="AnswerGone"/>.</summary>
    public void AnswerMade(int bytes)
    {
        AnswerBytes = bytes;
        Memory?.Take(bytes);
    }

    public void AnswerGone() => Memory?.Release(AnswerBytes);

    public void CloseConnection(CloseReason reason) => CloseAfter = reason;
}
