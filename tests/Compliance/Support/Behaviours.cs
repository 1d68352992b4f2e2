using Compliance.Transports;

namespace Compliance.Support;

/// <summary>A subject of the suite. Each test has a place of its own on its transport, in which all its buses are.</summary>
public abstract class Behaviours
{
    /// <summary>Where this test's buses are.</summary>
    protected string Place { get; } = $"t{Guid.NewGuid():N}"[..10];

    /// <summary>Starts a bus.</summary>
    protected Task<BusApp> Start(Transport transport, Action<IBusFactoryConfigurator> configure) => Start(transport, _ => { }, (_, cfg) => configure(cfg));

    /// <summary>Starts a bus with an endpoint for each consumer that is registered, besides those that are configured.</summary>
    protected async Task<BusApp> Start(Transport transport, Action<IBusRegistrationConfigurator> register,
        Action<IBusRegistrationContext, IBusFactoryConfigurator>? configure = null)
    {
        await TransportsUnderTest.All[transport].Prepare(Place);

        return await BusApp.StartAsync(x =>
        {
            register(x);
            Use(transport, x, configure);
        });
    }

    protected static ITestTime NewTime(Transport transport) => TransportsUnderTest.All[transport].NewTime();

    /// <summary>Starts a bus whose delayed messages become due by a time that the test moves, and whose consumers and sagas may schedule.</summary>
    protected async Task<BusApp> StartAt(ITestTime time, Transport transport, Action<IBusFactoryConfigurator> configure,
        Action<IBusRegistrationConfigurator>? register = null)
    {
        await TransportsUnderTest.All[transport].Prepare(Place);

        return await BusApp.StartAsync(x =>
        {
            register?.Invoke(x);
            Use(transport, x, (_, cfg) =>
            {
                TransportsUnderTest.All[transport].UseScheduler(cfg);
                configure(cfg);
            });
        }, services: time.Register);
    }

    protected void Use(Transport transport, IBusRegistrationConfigurator configurator, Action<IBusRegistrationContext, IBusFactoryConfigurator>? configure = null)
    {
        TransportsUnderTest.All[transport].Use(configurator, Place, configure);
    }

    protected static Task Take<T>(Arrivals<T> arrivals, T arrival)
    {
        arrivals.Add(arrival);
        return Task.CompletedTask;
    }

    /// <summary>An endpoint that gets only what is sent to it.</summary>
    protected static void Queue<T>(IBusFactoryConfigurator configurator, string name, Arrivals<ConsumeContext<T>> arrivals)
        where T : class
    {
        configurator.ReceiveEndpoint(name, e =>
        {
            e.ConfigureConsumeTopology = false;
            e.Handler<T>(x => Take(arrivals, x));
        });
    }

    protected static async Task Send<T>(BusApp app, string address, T message)
        where T : class => await (await app.Bus.GetSendEndpoint(new Uri(address))).Send(message, TestContext.Current.CancellationToken);
}
