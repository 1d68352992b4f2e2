using System.Diagnostics;
using Benchmarks.Loads;
using Benchmarks.Transport.Sides;

namespace Benchmarks.Transport.Sections;

/// <summary>
/// How long a message takes from when it was to be sent until it is handled: at a steady pace, where a late message does not delay the next
/// and its lateness counts, and with one under way.
/// </summary>
internal static class LatencySections
{
    private const int WarmUpSeconds = 2;

    public static async Task PacedAsync(TransportPeers peers)
    {
        var measured = await peers.InTurnAsync(side => RunPacedAsync(side, peers.Options.Seconds));
        peers.Section($"end to end at {Pace.PerSecond}/s, open loop");
        Rows(peers, measured);
    }

    public static async Task RoundTripAsync(TransportPeers peers)
    {
        var measured = await peers.InTurnAsync(side => RunOneByOneAsync(side, peers.Options.Messages / 10));
        peers.Section("one message under way, from the call that publishes it until it is handled");
        Rows(peers, measured);
    }

    private static async Task<(Latency Latency, Work Work)> RunPacedAsync(TransportSide side, int seconds)
    {
        var warmUp = Pace.PerSecond * WarmUpSeconds;
        var count = warmUp + (Pace.PerSecond * seconds);
        var ledger = new Ledger(count);
        await using var bus = await BusUnderTest.StartAsync(side, ledger, typeof(SampleConsumer));
        var sends = new Task[count];
        var measured = Work.Measure(side);
        await Pace.RunAsync(count, (number, due) => sends[number] = bus.Bus.Publish(ledger.Message(number, number < warmUp ? 0 : due)));
        await Task.WhenAll(sends);
        await ledger.AllAsync();
        return (Latency.Of(ledger.Latency), measured(count));
    }

    private static async Task<(Latency Latency, Work Work)> RunOneByOneAsync(TransportSide side, int messages)
    {
        var warmUp = messages / 10;
        var ledger = new Ledger(warmUp + messages);
        await using var bus = await BusUnderTest.StartAsync(side, ledger, typeof(SampleConsumer));
        var measured = Work.Measure(side);
        for (var number = 0; number < warmUp + messages; number++)
        {
            if (number == warmUp)
                measured = Work.Measure(side);
            await Task.WhenAll(bus.Bus.Publish(ledger.Message(number, number < warmUp ? 0 : Stopwatch.GetTimestamp())), ledger.NextAsync());
        }

        await ledger.AllAsync();
        return (Latency.Of(ledger.Latency), measured(messages));
    }

    private static void Rows(TransportPeers peers, List<(Latency Latency, Work Work)>[] measured)
    {
        peers.Row("p50 ms", measured, m => m.Latency.P50Ms);
        peers.Row("p99 ms", measured, m => m.Latency.P99Ms);
        peers.Row("p99.9 ms", measured, m => m.Latency.P999Ms);
        peers.Costs(measured, m => m.Work);
    }
}
