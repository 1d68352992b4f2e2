using System.Diagnostics;

namespace Benchmarks.Brokers;

internal sealed class OurBroker() : BrokerUnderTest("ours")
{
    public override Dictionary<string, string> Durability(bool fsync) => new() { ["write.caching"] = fsync ? "false" : "true" };

    protected override ProcessStartInfo Command() => new("dotnet",
    [
        Path.Combine(AppContext.BaseDirectory, "Broker.Host.dll"),
        "--log.dirs", Path.Combine(Data, "log"),
        "--listeners", $"PLAINTEXT://127.0.0.1:{Port}",
        "--http.listen", "127.0.0.1:0",
        "--group.initial.rebalance.delay.ms", "0",
    ]);
}
