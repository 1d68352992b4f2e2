using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Broker.Apis;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Security;
using Broker.Security.Tls;
using Broker.Testing;

namespace Broker.Connections;

/// <summary>
/// One client: a loop that receives and a loop that sends. Requests begin in the order they came and are answered in that order;
/// what waits (a long poll, an fsync) waits in the queue between the two loops, so that later requests are still received.
/// The queue has <see cref="MaxPipelined"/> places; when it is full nothing more is received until an answer has left.
/// </summary>
internal sealed class KafkaConnection : IDisposable
{
    private const int MaxPipelined = 64;

    private readonly Socket _socket;
    private readonly Listener _listener;
    private readonly BrokerContext _broker;
    private readonly EndPoint? _client;
    private readonly IPAddress _clientAddress;
    private readonly CancellationTokenSource _aborted;
    private readonly Channel<PendingAnswer> _answers = Channel.CreateBounded<PendingAnswer>(
        new BoundedChannelOptions(MaxPipelined) { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = true });

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
        var sending = SendLoopAsync(transport);
        try
        {
            await ReceiveLoopAsync(transport).ConfigureAwait(false);
        }
        finally
        {
            _answers.Writer.Complete();
            await _aborted.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(false);
        }

        await transport.EndAsync().ConfigureAwait(false);
    }

    private async Task ReceiveLoopAsync(ITransport transport)
    {
        using var frames = new FrameReader(transport, _broker.Memory);
        try
        {
            LeaveHalfOpen();
            while (await frames.ReadAsync(_session.FrameBounds, _aborted.Token).ConfigureAwait(false) is { } frame)
            {
                Touch();
                await _mute.WaitAsync(_aborted.Token).ConfigureAwait(false);
                await _broker.Memory.RoomAsync(frames.Reserved, _aborted.Token).ConfigureAwait(false);
                if (!await (_session.ExpectsBareToken ? BeginTokenAsync(frame) : BeginAsync(frame)).ConfigureAwait(false))
                    return;
                LeaveHalfOpen();
            }

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
        var reader = new ProtocolReader(frame);
        var header = RequestHeader.Read(ref reader);
        if (_session.Refuses(header.ApiKey) is { } reason)
            return new(Refuse(reason, $"{header.ApiKey} cannot be asked for now."));
        if (!_broker.Apis.TryFind(header.ApiKey, out var api))
            return new(Refuse(CloseReason.UnknownApi, $"Key {(short)header.ApiKey} is not served."));

        _activity.Asked(header);
        var context = Context(header);
        var began = _broker.Time.GetTimestamp();
        if (!api.Versions.Contains(header.ApiVersion))
        {
            if (header.ApiKey != ApiKey.ApiVersions)
                return new(Refuse(CloseReason.UnsupportedVersion, $"{header.ApiKey} v{header.ApiVersion} is not served; {api.Versions} are."));

            return EnqueueAsync(new PendingAnswer(context, began, new(ApiVersionsHandler.RefuseVersion(header, _broker.Apis))));
        }

        if (reader.Failed)
            throw new MalformedFrameException($"The header of {header.ApiKey} v{header.ApiVersion} does not follow its format.");

        if (!_broker.Control.IsIdle)
            return BeginControlledAsync(api, frame, context, began);

        var answering = api.AnswerAsync(ref reader, context);
        return BeginAnswer(api, context, began, answering);
    }

    /// <summary>As without rules, unless one holds the request up or decides it. Nothing more is received until it was begun.</summary>
    private async ValueTask<bool> BeginControlledAsync(Api api, Memory<byte> frame, RequestContext context, long began)
    {
        var request = new ControlledRequest(context.Header, frame.ToArray(), _clientAddress);
        var decision = await _broker.Control.DecideAsync(request, _broker.Time, _aborted.Token).ConfigureAwait(false);
        var answering = decision is null ? Handle() : decision.AnswerAsync(Handle, api, request, context);
        return await BeginAnswer(api, context, began, answering).ConfigureAwait(false);

        ValueTask<FrameBuffer?> Handle()
        {
            var reader = new ProtocolReader(frame);
            RequestHeader.Read(ref reader);
            return api.AnswerAsync(ref reader, context);
        }
    }

    private ValueTask<bool> BeginAnswer(Api api, RequestContext context, long began, ValueTask<FrameBuffer?> answering) =>
        api.Overlaps || answering.IsCompleted
            ? EnqueueAsync(new PendingAnswer(context, began, answering))
            : EnqueueWhenDoneAsync(context, began, answering);

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
        return await EnqueueAsync(new PendingAnswer(context, _broker.Time.GetTimestamp(), new(buffer))).ConfigureAwait(false);
    }

    private async ValueTask<bool> EnqueueWhenDoneAsync(RequestContext context, long began, ValueTask<FrameBuffer?> answering)
    {
        var done = answering.AsTask();
        await Task.WhenAny(done).ConfigureAwait(false);
        return await EnqueueAsync(new PendingAnswer(context, began, new(done))).ConfigureAwait(false);
    }

    private async ValueTask<bool> EnqueueAsync(PendingAnswer pending)
    {
        // Not cancelled by a stopping broker: the send loop empties the queue until it is completed, so there will be room.
        await _answers.Writer.WriteAsync(pending, CancellationToken.None).ConfigureAwait(false);
        return pending.Context.CloseAfter is null;
    }

    /// <summary>Awaits every answer, also after the client is gone: an answer may hold file slices that must be let go.</summary>
    private async Task SendLoopAsync(ITransport transport)
    {
        var sender = new FrameSender(transport, _broker.Metrics);
        await foreach (var pending in _answers.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            try
            {
                using var answer = await pending.Answering.ConfigureAwait(false);
                var (header, took) = (pending.Context.Header, _broker.Time.GetElapsedTime(pending.Began));
                _broker.Metrics.Requested(header.ApiKey, took);
                _broker.RequestLogger.Answered(header.ApiKey, header.ApiVersion, _client, header.ClientId, _activity.Software, took.TotalMilliseconds);
                try
                {
                    if (answer is not null && _reason is not CloseReason.HandlerFailed)
                        await sender.SendAsync(answer).ConfigureAwait(false);
                }
                finally
                {
                    answer?.ReleaseRecords();
                    pending.Context.AnswerGone();
                }

                Touch();
                if (pending.Context.CloseAfter is { } reason)
                    Cut(reason);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                Cut(CloseReason.ConnectionLost);
            }
            catch (OperationCanceledException) when (_aborted.IsCancellationRequested)
            {
                Cut(CloseReason.BrokerStops);
            }
#pragma warning disable CA1031 // A defect in one handler ends one connection, said in the log, and nothing else.
            catch (Exception e)
#pragma warning restore CA1031
            {
                var header = pending.Context.Header;
                _broker.Logger.HandlerFailed(e, header.ApiKey, header.ApiVersion, _client, header.ClientId);
                Cut(CloseReason.HandlerFailed);
            }
        }
    }

    private bool Refuse(CloseReason reason, string details)
    {
        _reason ??= reason;
        _broker.Logger.ConnectionRefused(_client, reason, details);
        return false;
    }

    private RequestContext Context(RequestHeader header) =>
        new(header, _session.Principal, _clientAddress, _listener, _aborted.Token)
        {
            Authorizer = _broker.Authorizer,
            Session = _session,
            Activity = _activity,
            Quotas = _broker.Quotas,
            Mute = _mute,
            Memory = _broker.Memory,
        };

    private void LeaveHalfOpen()
    {
        if (_halfOpen is null || !_session.IsAuthenticated)
            return;
        _halfOpen.Dispose();
        _halfOpen = null;
    }

    private void Touch() => Volatile.Write(ref _lastActivity, _broker.Time.GetTimestamp());

    private readonly record struct PendingAnswer(RequestContext Context, long Began, ValueTask<FrameBuffer?> Answering);
}
