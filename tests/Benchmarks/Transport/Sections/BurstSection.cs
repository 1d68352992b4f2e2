using Benchmarks.Transport.Sides;

namespace Benchmarks.Transport.Sections;

/// <summary>Publishers that all begin at once on a bus that has sent nothing, and the same again on the bus that has: both in a process that is warm.</summary>
internal static class BurstSection
{
    private const int Messages = 10_000;

    public static async Task RunAsync(TransportPeers peers)
    {
        var measured = await peers.InTurnAsync(RunAsync);
        peers.Section($"a burst of {Messages:N0} messages from {Publishers.Count} publishers on a bus that has sent nothing (cold), and once more (warm)");
        peers.Row("cold messages/s", measured, m => m.Cold.PerSecond);
        peers.Row("warm messages/s", measured, m => m.Warm.PerSecond);
        peers.Row("cold / warm", measured, m => m.Cold.PerSecond / m.Warm.PerSecond);
        peers.Costs(measured, m => m.Cold);
    }

    private static async Task<(Work Cold, Work Warm)> RunAsync(TransportSide side)
    {
        var ledger = new Ledger(2 * Messages, isClosed: !side.Keeps);
        Type[] consumers = [typeof(SampleConsumer)];
        (Work, Work) measured;
        await using (var bus = await BusUnderTest.StartAsync(side, ledger, side.Keeps ? [] : consumers))
        {
            measured = (await BurstAsync(bus, 0), await BurstAsync(bus, Messages));
            if (!side.Keeps)
            {
                ledger.Open();
                await ledger.AllAsync();
                return measured;
            }
        }

        await using var reader = await BusUnderTest.StartAsync(side, ledger, consumers);
        await ledger.AllAsync();
        return measured;

        async Task<Work> BurstAsync(BusUnderTest bus, int from)
        {
            var work = Work.Measure(side);
            await Publishers.RunAsync(Messages, number => bus.Bus.Publish(ledger.Message(from + number)));
            return work(Messages);
        }
    }
}
