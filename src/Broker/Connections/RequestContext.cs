using System.Net;
using Broker.Authorization;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Quotas;
using Broker.Security;

namespace Broker.Connections;

/// <summary>
/// What a handler knows of one request beside its body. Made by the connection, which may use it for another request once the answer
/// has left; until then it is this request's alone.
/// </summary>
internal sealed class RequestContext
{
    private long _held;
    private long _poll;
    private long _answer;

    /// <summary>Key, version, correlation id and client id as sent.</summary>
    public RequestHeader Header { get; private set; }

    /// <summary>Who the client is.</summary>
    public KafkaPrincipal Principal { get; private set; } = KafkaPrincipal.Anonymous;

    /// <summary>Where the client connects from; an IPv4 address as such, whatever the listener.</summary>
    public required IPAddress ClientAddress { get; init; }

    /// <summary>The listener it came in by; its advertised address is the one to tell this client.</summary>
    public required Listener Listener { get; init; }

    /// <summary>
    /// Set when the client is gone or the broker stops. A handler that waits then answers at once with what it has: the client may
    /// still be there to read it.
    /// </summary>
    public required CancellationToken Aborted { get; init; }

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

    /// <summary>What the request and its answer are counted against; null where the request did not come over a connection.</summary>
    public ClientMemory? Memory { get; init; }

    /// <summary>For how long the client is not listened to after this request, in milliseconds.</summary>
    public int ThrottleTimeMs { get; private set; }

    /// <summary>Why the connection must be closed after this request, answered or not; null to keep it.</summary>
    public CloseReason? CloseAfter { get; private set; }

    /// <summary>Becomes the context of a request.</summary>
    public RequestContext Begin(in RequestHeader header, KafkaPrincipal principal)
    {
        (Header, Principal, ThrottleTimeMs, CloseAfter) = (header, principal, 0, null);
        return this;
    }

    public void Throttle(int milliseconds)
    {
        if (milliseconds <= ThrottleTimeMs)
            return;
        ThrottleTimeMs = milliseconds;
        Mute?.For(milliseconds);
    }

    /// <summary>Counts what the request holds while it waits, until <see cref="AnswerGone"/>.</summary>
    public void Hold(long bytes)
    {
        _held += bytes;
        Memory?.Take(bytes);
    }

    /// <summary>As <see cref="Hold"/> for a wait that can be done without; false when it must be.</summary>
    public bool TryHoldPoll(long bytes)
    {
        if (Memory?.TryTakePoll(bytes) == false)
            return false;
        _poll += bytes;
        return true;
    }

    /// <summary>Counts the answer until <see cref="AnswerGone"/>.</summary>
    public void AnswerMade(int bytes)
    {
        _answer = bytes;
        Memory?.Take(bytes);
    }

    public void AnswerGone()
    {
        if (_poll > 0)
            Memory?.ReleasePoll(_poll);
        if (_held + _answer > 0)
            Memory?.Release(_held + _answer);
        (_held, _poll, _answer) = (0, 0, 0);
    }

    public void CloseConnection(CloseReason reason) => CloseAfter = reason;
}
