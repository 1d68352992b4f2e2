using Benchmarks.Transport.Sides;

namespace Benchmarks.Transport.Sections;

/// <summary>Publishers and consumers at once, until the last message is handled.</summary>
internal static class EndToEndSection
{
    public static async Task RunAsync(TransportPeers peers)
    {
        var measured = await peers.InTurnAsync(side => RunAsync(side, peers.Options.Messages));
        peers.Section($"end to end, {Publishers.Count} publishers, consumers running");
        peers.Rows(measured);
    }

    private static async Task<Work> RunAsync(TransportSide side, int messages)
    {
        var ledger = new Ledger(messages);
        await using var bus = await BusUnderTest.StartAsync(side, ledger, typeof(SampleConsumer));
        await bus.Bus.Publish(ledger.Message(0));
        await ledger.FirstAsync();
        var measured = Work.Measure(side);
        await Publishers.RunAsync(messages - 1, number => bus.Bus.Publish(ledger.Message(number + 1)));
        await ledger.AllAsync();
        return measured(messages - 1);
    }
}
