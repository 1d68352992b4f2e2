using MassTransit.DependencyInjection;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Scheduling;
using MassTransit.Scheduling;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MassTransit;

/// <summary>Schedules messages over a partitioned log, and cancels them.</summary>
public static class LogMessageSchedulerExtensions
{
    /// <summary>
    /// Lets consumers and sagas schedule messages: <c>context.ScheduleSend</c>, <c>context.SchedulePublish</c>, a state machine's <c>Schedule</c> and <c>Unschedule</c>, and
    /// timeouts of its requests.
    /// </summary>
    /// <param name="configurator">The bus, which must use the log as its transport.</param>
    public static void UseLogMessageScheduler(this IBusFactoryConfigurator configurator)
    {
        ArgumentNullException.ThrowIfNull(configurator);

        configurator.AddPrePipeSpecification(new MessageSchedulerFilter());
    }

    /// <summary>Adds <see cref="IMessageScheduler" /> to the container, for what is not a consumer. Within a scope whose endpoints write to an outbox it does, too.</summary>
    /// <param name="configurator">The registration, from <c>AddMassTransit</c>.</param>
    public static void AddLogMessageScheduler(this IBusRegistrationConfigurator configurator)
    {
        ArgumentNullException.ThrowIfNull(configurator);

        configurator.TryAddScoped(provider =>
            Create(provider.GetRequiredService<Bind<IBus, IBusInstance>>().Value, provider.GetRequiredService<ISendEndpointProvider>()));
    }

    /// <summary>As for a single bus: <c>Bind&lt;TBus, IMessageScheduler&gt;</c> is the scheduler of one of several.</summary>
    /// <param name="configurator">The registration, from <c>AddMassTransit&lt;TBus&gt;</c>.</param>
    /// <typeparam name="TBus">The bus.</typeparam>
    public static void AddLogMessageScheduler<TBus>(this IBusRegistrationConfigurator<TBus> configurator)
        where TBus : class, IBus
    {
        ArgumentNullException.ThrowIfNull(configurator);

        configurator.TryAddScoped(provider => Bind<TBus>.Create(
            Create(provider.GetRequiredService<IBusInstance<TBus>>(), provider.GetRequiredService<Bind<TBus, ISendEndpointProvider>>().Value)));
    }

    private static IMessageScheduler Create(IBusInstance bus, ISendEndpointProvider endpoints)
    {
        return bus.HostConfiguration is LogHostConfiguration hostConfiguration
            ? new MessageScheduler(new LogScheduleMessageProvider(hostConfiguration, endpoints), bus.Bus.Topology)
            : throw new ConfigurationException("AddLogMessageScheduler schedules over the log transport, and this bus uses another.");
    }
}
