using MassTransit.LogTransport.Receiving;
using MassTransit.Middleware.Rescue;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Failures;

/// <summary>
/// Moves to the error topic what the pipeline was told to throw instead of moving it: <c>ThrowOnSkippedMessages</c>, <c>RethrowFaultedMessages</c>. They leave the message to the
/// dead-lettering of the broker, and a log has none.
/// </summary>
internal sealed class ThrownRecords(LogReceiveEndpointContext endpoint)
{
    /// <summary>Completes the record when its copy was acknowledged. What the pipeline tried to move itself, or could not send, is left to be tried again.</summary>
    public async Task Move(LogReceiveContext context, Exception exception, RecordSettlement settlement)
    {
        if (context.MoveWasTried || IsOfTransport(exception) || !endpoint.TryGetPayload<IErrorTransport>(out var errors))
            return;

        try
        {
            await errors.Send(new RescueExceptionReceiveContext(context, exception)).ConfigureAwait(false);
            await settlement.Complete().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            await settlement.Faulted(failure).ConfigureAwait(false);
        }
    }

    private static bool IsOfTransport(Exception exception)
    {
        return exception is OperationCanceledException or ConnectionException or TransportUnavailableException
            || exception is TransportException and not MessageNotConsumedException;
    }
}
