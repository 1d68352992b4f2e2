namespace Benchmarks.Sections;

/// <summary>What a broker takes before and after it has worked.</summary>
internal static class StartSection
{
    public static async Task RunAsync(Peers peers)
    {
        peers.Report.Section("memory and start");
        peers.Report.Row("RSS MiB after the loads above", [peers.Ours.Usage.RssMiB], [peers.Kafka.Usage.RssMiB]);
        peers.Report.Row("peak RSS MiB", [peers.Ours.Usage.PeakRssMiB], [peers.Kafka.Usage.PeakRssMiB]);
        var (a, b) = await peers.InTurnAsync(async broker =>
        {
            await broker.StopAsync();
            var elapsed = await broker.StartAsync();
            return (Ms: elapsed.TotalMilliseconds, broker.Usage.RssMiB);
        });
        peers.Report.Row("start to first answer ms", [.. a.Select(s => s.Ms)], [.. b.Select(s => s.Ms)]);
        peers.Report.Row("RSS MiB after start", [.. a.Select(s => s.RssMiB)], [.. b.Select(s => s.RssMiB)]);
    }
}
