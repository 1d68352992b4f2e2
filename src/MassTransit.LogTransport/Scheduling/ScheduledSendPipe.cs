using MassTransit.LogTransport.Sending;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>Gives a message its token and the time it is due. One that is due already is sent at once.</summary>
internal sealed class ScheduledSendPipe<TMessage>(IPipe<SendContext<TMessage>> pipe, Guid token, DateTime dueAt, TimeProvider time) :
    SendContextPipeAdapter<TMessage>(pipe)
    where TMessage : class
{
    /// <summary>What cancels the message.</summary>
    public Guid Token { get; } = token;

    protected override void Send(SendContext<TMessage> context)
    {
        context.ScheduledMessageId = Token;
        context.Headers.Set(MessageHeaders.SchedulingTokenId, Token.ToString("D"));

        var delay = dueAt - time.GetUtcNow().UtcDateTime;
        if (delay <= TimeSpan.Zero)
            return;

        context.Delay = delay;

        if (context.TryGetPayload(out ILogSendContext? log))
            log.DeliverAt = new DateTimeOffset(dueAt, TimeSpan.Zero);
    }

    protected override void Send<T>(SendContext<T> context)
    {
    }
}
