using Microsoft.Extensions.DependencyInjection;

namespace Compliance.Transports;

/// <summary>A transport that the suite runs over, and the broker behind it, which is started for the first test and shared by all.</summary>
public interface ITransportUnderTest : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Whether its tests run only when long tests are wanted.</summary>
    bool IsLong { get; }

    /// <summary>What it does not have, each with the reason.</summary>
    IReadOnlyDictionary<Capability, string> Lacks { get; }

    /// <summary>Makes sure that the broker runs and has this place, in which no other test's buses are. Skips the test where there is no such broker.</summary>
    Task Prepare(string place);

    /// <summary>Puts a bus in that place. Buses of one place meet, unless the transport lacks <see cref="Capability.SharedBroker" />. What is registered gets its endpoints.</summary>
    void Use(IBusRegistrationConfigurator configurator, string place, Action<IBusRegistrationContext, IBusFactoryConfigurator>? configure);

    /// <summary>Lets consumers and sagas schedule.</summary>
    void UseScheduler(IBusFactoryConfigurator configurator);

    /// <summary>The time by which one test's messages become due.</summary>
    ITestTime NewTime();
}

/// <summary>The time by which messages of one bus become due. It goes on only when it is moved.</summary>
public interface ITestTime
{
    void Register(IServiceCollection services);

    /// <summary>What arrives when so much time has passed.</summary>
    Task<T> After<T>(BusApp app, TimeSpan time, Arrivals<T> arrivals);
}
