using MassTransit.Configuration;
using MassTransit.Context;
using MassTransit.LogTransport.Configuration;
using MassTransit.Scheduling;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>Lets consumers and sagas of a bus over the log schedule and cancel.</summary>
internal sealed class MessageSchedulerFilter :
    IFilter<ConsumeContext>,
    IPipeSpecification<ConsumeContext>
{
    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        context.GetOrAddPayload<MessageSchedulerContext>(() => new ConsumeMessageSchedulerContext(context, CreateScheduler));

        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("logScheduler");

    public void Apply(IPipeBuilder<ConsumeContext> builder) => builder.AddFilter(this);

    public IEnumerable<ValidationResult> Validate() => [];

    private static IMessageScheduler CreateScheduler(ConsumeContext context)
    {
        return context.TryGetPayload<LogHostConfiguration>(out var hostConfiguration)
            ? new MessageScheduler(new LogScheduleMessageProvider(hostConfiguration, context), hostConfiguration.Topology)
            : throw new ConfigurationException("UseLogMessageScheduler schedules over the log transport, and this bus uses another.");
    }
}
