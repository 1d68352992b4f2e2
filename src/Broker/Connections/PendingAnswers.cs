using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Broker.Diagnostics;
using Broker.Protocol;

namespace Broker.Connections;

/// <summary>
/// What one connection has begun and not answered, in the order in which it came, and the loop that sends the answers in that order.
/// It has <see cref="Capacity"/> places; when they are taken nothing more is begun until an answer has left.
/// </summary>
/// <param name="broker">What all connections share.</param>
/// <param name="client">Whom the log speaks of.</param>
/// <param name="left">Called when an answer has left.</param>
/// <param name="cut">Called to end the connection.</param>
/// <param name="aborted">Set when it has ended.</param>
internal sealed class PendingAnswers(
    BrokerContext broker, EndPoint? client, Action left, Action<CloseReason> cut, CancellationToken aborted)
{
    public const int Capacity = 64;

    private readonly Channel<PendingAnswer> _answers = Channel.CreateBounded<PendingAnswer>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = true });

    private bool _failed;

    /// <summary>
    /// Completes when there is room for one more. Not cancelled by a stopping broker: the loop empties the places until
    /// <see cref="Complete"/>, so there will be.
    /// </summary>
    public ValueTask<bool> RoomAsync() => _answers.Writer.WaitToWriteAsync(CancellationToken.None);

    /// <summary>Takes the place that <see cref="RoomAsync"/> has found.</summary>
    public void Enqueue(in PendingAnswer pending)
    {
        if (!_answers.Writer.TryWrite(pending))
            throw new InvalidOperationException("There is no room for an answer.");
    }

    /// <summary>Nothing further is begun: the loop ends with the last answer.</summary>
    public void Complete() => _answers.Writer.Complete();

    /// <summary>
    /// Awaits every answer, also after the client is gone: an answer may hold file slices that must be let go. All waiting of a
    /// connection's answers is in this one method, so that it costs no object.
    /// </summary>
    public async Task SendAsync(ITransport transport)
    {
        using var sender = new FrameSender(transport, broker.Metrics);
        while (await _answers.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            while (_answers.Reader.TryRead(out var pending))
            {
                var answer = (FrameBuffer?)null;
                try
                {
                    answer = await pending.Answering.ConfigureAwait(false);
                    Answered(pending);
                    if (answer is not null && !_failed)
                    {
                        sender.Begin(answer);
                        while (sender.TryNext(out var bytes))
                            sender.Sent(await transport.SendAsync(bytes).ConfigureAwait(false));
                    }

                    left();
                    if (pending.Context.CloseAfter is { } reason)
                        cut(reason);
                }
#pragma warning disable CA1031 // A defect in one handler ends one connection, said in the log, and nothing else.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    Fail(e, pending.Context.Header);
                }
                finally
                {
                    if (answer is not null)
                        AnswerFrames.Release(answer);
                    pending.Context.AnswerGone();
                    pending.Contexts?.Give(pending.Context);
                }
            }
        }
    }

    private void Answered(in PendingAnswer pending)
    {
        var (header, took) = (pending.Context.Header, broker.Time.GetElapsedTime(pending.Began));
        broker.Metrics.Requested(header.ApiKey, took);
        broker.RequestLogger.Answered(header.ApiKey, header.ApiVersion, client, header.ClientId, pending.Context.Activity?.Software, took.TotalMilliseconds);
    }

    private void Fail(Exception e, in RequestHeader header)
    {
        if (e is SocketException or ObjectDisposedException)
        {
            cut(CloseReason.ConnectionLost);
        }
        else if (e is OperationCanceledException && aborted.IsCancellationRequested)
        {
            cut(CloseReason.BrokerStops);
        }
        else
        {
            _failed = true;
            broker.Logger.HandlerFailed(e, header.ApiKey, header.ApiVersion, client, header.ClientId);
            cut(CloseReason.HandlerFailed);
        }
    }
}

/// <summary>A place in the queue.</summary>
/// <param name="Context">Of the request.</param>
/// <param name="Began">When it was received.</param>
/// <param name="Answering">Its frame; awaited once, by the loop that sends.</param>
/// <param name="Contexts">Where the context goes when the answer has left; null where it is not used again.</param>
internal readonly record struct PendingAnswer(
    RequestContext Context, long Began, ValueTask<FrameBuffer?> Answering, Pool<RequestContext>? Contexts = null);
