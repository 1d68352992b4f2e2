using MassTransit;

namespace Benchmarks.Transport.Sections;

/// <summary>
/// An endpoint that publishes a message for each it consumes drains a backlog, with Kafka transactions and without: from the first message it handles until the last that it published was consumed by
/// another endpoint.
/// </summary>
internal static class TransactionSection
{
    private static readonly Type[] Consumers = [typeof(RelayConsumer), typeof(RelayedConsumer)];

    public static async Task RunAsync(TransportPeers peers)
    {
        // So that the endpoints are known, and get what is published before they run.
        await using (await BusUnderTest.StartAsync(peers.Ours, new Ledger(0), Consumers))
        {
        }

        var measured = await peers.InTurnAsync([true, false], transactions => RunAsync(peers, transactions));
        peers.Section("drain of a backlog with one published for each consumed", "with transactions", "without");
        peers.Rows(measured);
    }

    private static async Task<Work> RunAsync(TransportPeers peers, bool transactions)
    {
        var messages = peers.Options.Messages;
        var ledger = new Ledger(messages);
        await using (var writer = await BusUnderTest.StartAsync(peers.Ours, ledger))
            await Publishers.RunAsync(messages, number => writer.Bus.Publish(new Parcel(ledger.Message(number))));

        await using var relay = await BusUnderTest.StartAsync(peers.Ours, ledger, (name, endpoint) =>
        {
            if (transactions && name == "Relay")
                ((ILogReceiveEndpointConfigurator)endpoint).UseKafkaTransactions();
        }, Consumers);
        await ledger.FirstAsync();
        var measured = Work.Measure(peers.Ours);
        await ledger.AllAsync();
        return measured(messages);
    }
}
