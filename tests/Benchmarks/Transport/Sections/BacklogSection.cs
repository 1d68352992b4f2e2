using Benchmarks.Transport.Sides;

namespace Benchmarks.Transport.Sections;

/// <summary>
/// Publishers while no consumer runs, then consumers while nobody publishes, from the first message they handle to the last. In memory there
/// is no queue without its consumers: they run from the beginning and are held up until all is published.
/// </summary>
internal static class BacklogSection
{
    public static async Task RunAsync(TransportPeers peers)
    {
        var messages = peers.Options.Messages;
        var measured = await peers.InTurnAsync(side => RunAsync(side, messages));
        peers.Section($"publish alone, {Publishers.Count} publishers");
        peers.Rows(measured.Select(m => m.ConvertAll(b => b.Publish)).ToArray());
        peers.Section("drain of that backlog");
        peers.Rows(measured.Select(m => m.ConvertAll(b => b.Drain)).ToArray());
    }

    private static Task<(Work Publish, Work Drain)> RunAsync(TransportSide side, int messages) =>
        side.Keeps ? KeptAsync(side, messages) : HeldUpAsync(side, messages);

    private static async Task<(Work Publish, Work Drain)> KeptAsync(TransportSide side, int messages)
    {
        var ledger = new Ledger(messages);
        Work published;
        await using (var writer = await BusUnderTest.StartAsync(side, ledger))
            published = await PublishAsync(side, writer, ledger, messages);

        await using var reader = await BusUnderTest.StartAsync(side, ledger, typeof(SampleConsumer));
        await ledger.FirstAsync();
        return (published, await DrainAsync(side, ledger, messages));
    }

    private static async Task<(Work Publish, Work Drain)> HeldUpAsync(TransportSide side, int messages)
    {
        var ledger = new Ledger(messages, isClosed: true);
        await using var bus = await BusUnderTest.StartAsync(side, ledger, typeof(SampleConsumer));
        return (await PublishAsync(side, bus, ledger, messages), await DrainAsync(side, ledger, messages));
    }

    private static async Task<Work> PublishAsync(TransportSide side, BusUnderTest bus, Ledger ledger, int messages)
    {
        await bus.Bus.Publish(ledger.Message(0));
        var measured = Work.Measure(side);
        await Publishers.RunAsync(messages - 1, number => bus.Bus.Publish(ledger.Message(number + 1)));
        return measured(messages - 1);
    }

    private static async Task<Work> DrainAsync(TransportSide side, Ledger ledger, int messages)
    {
        var measured = Work.Measure(side);
        ledger.Open();
        await ledger.AllAsync();
        return measured(messages);
    }
}
