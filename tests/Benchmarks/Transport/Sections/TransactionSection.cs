using System.Diagnostics.Metrics;
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
        peers.Row("messages in a transaction", measured, m => m.PerTransaction);
        peers.Row("messages/s", measured, m => m.Work.PerSecond);
        peers.Costs(measured, m => m.Work);
    }

    private static async Task<(Work Work, double PerTransaction)> RunAsync(TransportPeers peers, bool transactions)
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
        using var made = new Count("logtransport.transactions");
        var measured = Work.Measure(peers.Ours);
        await ledger.AllAsync();
        var work = measured(messages);
        return (work, transactions ? (double)messages / made.Value : 0);
    }

    /// <summary>What an instrument of the transport has counted since this was made.</summary>
    private sealed class Count : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _value;

        public Count(string name)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "MassTransit.LogTransport" && instrument.Name == name)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _value, value));
            _listener.Start();
        }

        public long Value => Interlocked.Read(ref _value);

        public void Dispose() => _listener.Dispose();
    }
}
