using System.Net;
using System.Net.Sockets;
using Broker.Apis;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Security;
using Broker.Security.Tls;
using Broker.Testing;

namespace Broker.Connections;

/// <summary>
/// One client: a loop that receives and, in <see cref="PendingAnswers"/>, a loop that sends. Requests begin in the order they came and
/// are answered in that order; what waits (a long poll, an fsync) waits in the queue between the two loops, so that later requests are
/// still received.
/// </summary>
internal sealed class KafkaConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly Listener _listener;
    private readonly BrokerContext _broker;
    private readonly EndPoint? _client;
    private readonly IPAddress _clientAddress;
    private readonly CancellationTokenSource _aborted;
    private readonly PendingAnswers _answers;
    private readonly FrameReader _frames;
    private readonly ClientMemory _memory;

    /// <summary>One for each request that may be in the queue, about to get there or being answered.</summary>
    private readonly Pool<RequestContext> _contexts = new(PendingAnswers.Capacity + 2);
    private readonly Session _session;
    private readonly ConnectionActivity _activity;
    private readonly ChannelMute _mute;
    private IDisposable? _halfOpen;
    private long _lastActivity;
    private CloseReason? _reason;

    public KafkaConnection(Socket socket, Listener listener, BrokerContext broker)
    {
        _socket = socket;
        _listener = listener;
        _broker = broker;
        _client = socket.RemoteEndPoint;
        var address = (_client as IPEndPoint)?.Address ?? IPAddress.None;
        _clientAddress = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(broker.Stopping);
        _lastActivity = broker.Time.GetTimestamp();
        _mute = new ChannelMute(broker.Time);
        _session = new Session(listener, broker, _client);
        _activity = new ConnectionActivity(broker.Time, broker.Topics);
        _memory = new ClientMemory(broker.Memory.Answers);
        _frames = new FrameReader(broker.Memory.Requests, broker.Time);
        _answers = new PendingAnswers(broker, _client, Touch, Cut, _aborted.Token);
    }

    /// <summary>Where the client connects from; an IPv4 address as such, whatever the listener.</summary>
    public IPAddress ClientAddress => _clientAddress;

    /// <summary>Time since a request came or an answer left. While the broker itself does not listen, nobody is silent.</summary>
    public TimeSpan Silence
    {
        get
        {
            var silence = _broker.Time.GetElapsedTime(Volatile.Read(ref _lastActivity));
            return silence < _mute.SinceMuted ? silence : _mute.SinceMuted;
        }
    }

    /// <summary>For how long a large request has got no further.</summary>
    public TimeSpan Stall => _frames.Stall;

    public ConnectionDescription Describe() => _activity.Describe(_client?.ToString() ?? "", _listener.Name, _session.Principal.ToString());

    /// <summary>Serves the client until either side ends it. Faults only on a defect; a lost connection is an ordinary end.</summary>
    public async Task RunAsync()
    {
        if (_listener.Security.Protocol != SecurityProtocol.Plaintext)
            _halfOpen = _broker.HalfOpen.Enter(Cut);
        _broker.Metrics.Connections.Opened(_listener.Name);
        _broker.Logger.ConnectionOpened(_client, _listener.Name);
        try
        {
            using var transport = await SecureAsync().ConfigureAwait(false);
            if (transport is not null)
                await ServeAsync(transport).ConfigureAwait(false);
        }
        finally
        {
            _halfOpen?.Dispose();
            _socket.Dispose();
            var reason = _reason ?? CloseReason.ConnectionLost;
            _broker.Metrics.Connections.Closed(_listener.Name, reason);
            _broker.Logger.ConnectionClosed(_client, reason);
        }
    }

    /// <summary>Ends the connection from any thread; answers still waiting are not sent.</summary>
    public void Cut(CloseReason reason)
    {
        _reason ??= reason;
        _socket.Dispose();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _aborted.Dispose();
    }

    /// <summary>Null when the client and this listener did not get past the TLS handshake.</summary>
    private async ValueTask<ITransport?> SecureAsync()
    {
        if (_listener.Security.Tls is not { } tls)
            return new SocketTransport(_socket);

        try
        {
            var (transport, principal) = await tls.AcceptAsync(_socket, _broker.Time, _broker.Logger, _aborted.Token).ConfigureAwait(false);
            _session.Secured(principal);
            return transport;
        }
        catch (TlsRefusedException refused)
        {
            _broker.Metrics.Connections.AuthenticationFailed(_listener.Name, "SSL", again: false);
            Refuse(CloseReason.TlsFailed, refused.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            _reason ??= _broker.Stopping.IsCancellationRequested ? CloseReason.BrokerStops : CloseReason.ConnectionLost;
        }

        return null;
    }

    private async Task ServeAsync(ITransport transport)
    {
        var sending = _answers.SendAsync(transport);
        try
        {
            await ReceiveLoopAsync(transport).ConfigureAwait(false);
        }
        finally
        {
            _answers.Complete();
            await _aborted.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(false);
        }

        await transport.EndAsync().ConfigureAwait(false);
    }

    private async Task ReceiveLoopAsync(ITransport transport)
    {
        using var frames = _frames;
        try
        {
            LeaveHalfOpen();
            do
            {
                while (frames.TryTake(_session.FrameBounds, out var frame))
                {
                    Touch();
                    await _mute.WaitAsync(_aborted.Token).ConfigureAwait(false);
                    await _broker.Memory.Answers.RoomAsync(_aborted.Token).ConfigureAwait(false);
                    await _answers.RoomAsync().ConfigureAwait(false);
                    if (!await (_session.ExpectsBareToken ? BeginTokenAsync(frame) : BeginAsync(frame)).ConfigureAwait(false))
                        return;
                    LeaveHalfOpen();
                }

                if (frames.IsEmpty)
                {
                    frames.Release();
                    await transport.ReceiveAsync(Memory<byte>.Empty, _aborted.Token).ConfigureAwait(false);
                }

                await frames.MakeRoomAsync(_aborted.Token).ConfigureAwait(false);
            }
            while (frames.Received(await transport.ReceiveAsync(frames.Room, _aborted.Token).ConfigureAwait(false)));

            _reason ??= CloseReason.ClientClosed;
        }
        catch (MalformedFrameException malformed)
        {
            Refuse(CloseReason.MalformedFrame, malformed.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            _reason ??= _broker.Stopping.IsCancellationRequested ? CloseReason.BrokerStops : CloseReason.ConnectionLost;
        }
    }

    /// <returns>False when the connection must be closed.</returns>
    private ValueTask<bool> BeginAsync(Memory<byte> frame)
    {
        var reader = new ProtocolReader(frame, strings: _broker.Strings);
        var header = RequestHeader.Read(ref reader);
        if (_session.Refuses(header.ApiKey) is { } reason)
            return new(Refuse(reason, $"{header.ApiKey} cannot be asked for now."));
        if (!_broker.Apis.TryFind(header.ApiKey, out var api))
            return new(Refuse(CloseReason.UnknownApi, $"Key {(short)header.ApiKey} is not served."));

        _activity.Asked(header);
        var began = _broker.Time.GetTimestamp();
        if (!api.Versions.Contains(header.ApiVersion))
        {
            if (header.ApiKey != ApiKey.ApiVersions)
                return new(Refuse(CloseReason.UnsupportedVersion, $"{header.ApiKey} v{header.ApiVersion} is not served; {api.Versions} are."));

            return new(Enqueue(new PendingAnswer(Context(header), began, new(ApiVersionsHandler.RefuseVersion(header, _broker.Apis)))));
        }

        if (reader.Failed)
            throw new MalformedFrameException($"The header of {header.ApiKey} v{header.ApiVersion} does not follow its format.");

        var contexts = api.Reuses ? _contexts : null;
        var context = contexts?.TryTake()?.Begin(header, _session.Principal) ?? Context(header);
        if (!_broker.Control.IsIdle)
            return BeginControlledAsync(api, frame, new PendingAnswer(context, began, default, contexts));

        return BeginAnswer(api, new PendingAnswer(context, began, api.AnswerAsync(ref reader, context), contexts));
    }

    /// <summary>As without rules, unless one holds the request up or decides it. Nothing more is received until it was begun.</summary>
    private async ValueTask<bool> BeginControlledAsync(Api api, Memory<byte> frame, PendingAnswer pending)
    {
        var context = pending.Context;
        var request = new ControlledRequest(context.Header, frame.ToArray(), _clientAddress);
        var decision = await _broker.Control.DecideAsync(request, _broker.Time, _aborted.Token).ConfigureAwait(false);
        var answering = decision is null ? Handle() : decision.AnswerAsync(Handle, api, request, context);
        return await BeginAnswer(api, pending with { Answering = answering }).ConfigureAwait(false);

        ValueTask<FrameBuffer?> Handle()
        {
            var reader = new ProtocolReader(frame);
            RequestHeader.Read(ref reader);
            return api.AnswerAsync(ref reader, context);
        }
    }

    private ValueTask<bool> BeginAnswer(Api api, PendingAnswer pending) =>
        api.Overlaps || pending.Answering.IsCompleted ? new(Enqueue(pending)) : EnqueueWhenDoneAsync(pending);

    /// <summary>A token of a client that began with SaslHandshake 0: no header before it, none before its answer, and a failure ends in silence.</summary>
    private async ValueTask<bool> BeginTokenAsync(Memory<byte> token)
    {
        var (answer, refusal, _) = await _session.AuthenticateAsync(token.ToArray(), _aborted.Token).ConfigureAwait(false);
        if (refusal is not null)
        {
            _reason ??= CloseReason.AuthenticationFailed;
            return false;
        }

        var buffer = new FrameBuffer();
        Frame.WriteToken(buffer, answer);
        var context = Context(new RequestHeader(ApiKey.SaslAuthenticate, 0, 0, null));
        return Enqueue(new PendingAnswer(context, _broker.Time.GetTimestamp(), new(buffer)));
    }

    private async ValueTask<bool> EnqueueWhenDoneAsync(PendingAnswer pending)
    {
        var done = pending.Answering.AsTask();
        await Task.WhenAny(done).ConfigureAwait(false);
        return Enqueue(pending with { Answering = new(done) });
    }

    private bool Enqueue(PendingAnswer pending)
    {
        // Looked at first: once in the queue the context may be another request's at any moment.
        var goesOn = pending.Context.CloseAfter is null;
        _answers.Enqueue(pending);
        return goesOn;
    }

    private bool Refuse(CloseReason reason, string details)
    {
        _reason ??= reason;
        _broker.Logger.ConnectionRefused(_client, reason, details);
        return false;
    }

    private RequestContext Context(in RequestHeader header)
    {
        var context = new RequestContext
        {
            ClientAddress = _clientAddress,
            Listener = _listener,
            Aborted = _aborted.Token,
            Authorizer = _broker.Authorizer,
            Session = _session,
            Activity = _activity,
            Quotas = _broker.Quotas,
            Mute = _mute,
            Memory = _memory,
        };
        return context.Begin(header, _session.Principal);
    }

    private void LeaveHalfOpen()
    {
        if (_halfOpen is null || !_session.IsAuthenticated)
            return;
        _halfOpen.Dispose();
        _halfOpen = null;
    }

    private void Touch() => Volatile.Write(ref _lastActivity, _broker.Time.GetTimestamp());
}
