using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Receiving;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Failures;

/// <summary>Moves a record whose consumer failed to <c>{endpoint}_error</c>. Not one class with its sibling: MassTransit finds each by its interface and would take the first.</summary>
internal sealed class LogErrorTransport(LogHostConfiguration hostConfiguration, LogReceiveEndpointContext context) :
    IErrorTransport
{
    private readonly RecordMove _move = new(hostConfiguration, context);

    public Task Send(ExceptionReceiveContext receiveContext)
    {
        var topic = hostConfiguration.LogTopology.Send.ErrorQueueNameFormatter.FormatErrorQueueName(context.Settings.Name);
        var exception = receiveContext.Exception.GetBaseException();

        var reasons = receiveContext.ExceptionHeaders.GetAll()
            .Append(new("dlq-error-type", TypeCache.GetShortName(exception.GetType())))
            .Append(new("dlq-error", exception.Message));

        return _move.Move(receiveContext, topic, reasons!);
    }
}
