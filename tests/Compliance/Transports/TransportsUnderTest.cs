using Compliance.Transports;

[assembly: AssemblyFixture(typeof(TransportsUnderTest))]

namespace Compliance.Transports;

/// <summary>One of each for the whole run.</summary>
public sealed class TransportsUnderTest : IAsyncDisposable
{
    public static IReadOnlyDictionary<Transport, ITransportUnderTest> All { get; } = new Dictionary<Transport, ITransportUnderTest>
    {
        [Transport.OurBroker] = new LogOnOurBroker(),
        [Transport.ApacheKafka] = new LogOnApacheKafka(),
        [Transport.InMemory] = new InMemoryUnderTest(),
        [Transport.RabbitMq] = new RabbitMqUnderTest(),
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var transport in All.Values)
            await transport.DisposeAsync();
    }
}
