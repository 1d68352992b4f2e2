using MassTransit.LogTransport.Configuration;
using MassTransit.Scheduling;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>
/// Schedules by sending with a delay and cancels by sending to the schedule's topic, both through the endpoints it is given: behind an outbox both wait for its commit, in their order.
/// </summary>
internal sealed class LogScheduleMessageProvider(LogHostConfiguration hostConfiguration, ISendEndpointProvider endpoints) :
    IScheduleMessageProvider
{
    public async Task<ScheduledMessage<T>> ScheduleSend<T>(Uri destinationAddress, DateTime scheduledTime, T message, IPipe<SendContext<T>> pipe,
        CancellationToken cancellationToken)
        where T : class
    {
        if (!MessageTypeCache<T>.IsValidMessageType)
            throw new ArgumentException(MessageTypeCache<T>.InvalidMessageTypeReason, nameof(message));

        var dueAt = scheduledTime.Kind == DateTimeKind.Local ? scheduledTime.ToUniversalTime() : DateTime.SpecifyKind(scheduledTime, DateTimeKind.Utc);
        var scheduling = new ScheduledSendPipe<T>(pipe, ScheduleTokenIdCache<T>.GetTokenId(message), dueAt, hostConfiguration.Settings.Time);

        var endpoint = await endpoints.GetSendEndpoint(destinationAddress).ConfigureAwait(false);
        await endpoint.Send(message, scheduling, cancellationToken).ConfigureAwait(false);

        return new ScheduledMessageHandle<T>(scheduling.Token, scheduledTime, destinationAddress, message);
    }

    public async Task CancelScheduledSend(Guid tokenId, CancellationToken cancellationToken)
    {
        var settings = hostConfiguration.Settings;
        var schedule = new LogEndpointAddress(settings.HostAddress, settings.Scheduler.Topic, isSchedule: true).ToUri();

        var endpoint = await endpoints.GetSendEndpoint(schedule).ConfigureAwait(false);
        await endpoint.Send<CancelScheduledMessage>(new CancelScheduledMessageCommand(tokenId), Pipe.Execute<SendContext<CancelScheduledMessage>>(x => x.SetPartitionKey(tokenId.ToString("D"))),
            cancellationToken).ConfigureAwait(false);
    }

    // A token is of one schedule for all destinations.
    public Task CancelScheduledSend(Uri destinationAddress, Guid tokenId, CancellationToken cancellationToken) => CancelScheduledSend(tokenId, cancellationToken);
}
