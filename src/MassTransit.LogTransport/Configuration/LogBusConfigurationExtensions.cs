using MassTransit.LogTransport.Configuration;

namespace MassTransit;

/// <summary>Creates buses over a partitioned log.</summary>
public static class LogBusConfigurationExtensions
{
    /// <summary>Uses a partitioned log that speaks the Kafka protocol as the transport of this bus.</summary>
    /// <param name="configurator">The registration, from <c>AddMassTransit</c>.</param>
    /// <param name="configure">Configures hosts, topics and endpoints. Runs when the bus is resolved; nothing is connected before the bus starts.</param>
    public static void UsingLog(this IBusRegistrationConfigurator configurator,
        Action<IBusRegistrationContext, ILogBusFactoryConfigurator>? configure = null)
    {
        configurator.SetBusFactory(new LogRegistrationBusFactory(configure));
    }

    /// <summary>Creates a bus over a partitioned log without a container.</summary>
    /// <param name="selector">From <c>Bus.Factory</c>.</param>
    /// <param name="configure">Configures hosts, topics and endpoints.</param>
    /// <returns>The bus, not started.</returns>
    /// <exception cref="ConfigurationException">The configuration is invalid.</exception>
    public static IBusControl CreateUsingLog(this IBusFactorySelector selector, Action<ILogBusFactoryConfigurator> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);

        var busConfiguration = new LogBusConfiguration();
        var configurator = new LogBusFactoryConfigurator(busConfiguration);

        configure(configurator);

        return configurator.Build(busConfiguration);
    }
}
