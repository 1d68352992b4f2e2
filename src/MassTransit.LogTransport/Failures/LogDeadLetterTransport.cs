using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Receiving;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Failures;

/// <summary>Moves a record that was sent to this endpoint and that no consumer handles to <c>{endpoint}_skipped</c>.</summary>
internal sealed class LogDeadLetterTransport(LogHostConfiguration hostConfiguration, LogReceiveEndpointContext context) :
    IDeadLetterTransport
{
    private readonly RecordMove _move = new(hostConfiguration, context);

    public Task Send(ReceiveContext receiveContext, string reason)
    {
        var topic = hostConfiguration.LogTopology.Send.DeadLetterQueueNameFormatter.FormatDeadLetterQueueName(context.Settings.Name);

        return _move.Move(receiveContext, topic, [new(MessageHeaders.Reason, reason)]);
    }
}
