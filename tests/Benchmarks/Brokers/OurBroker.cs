using System.Diagnostics;

namespace Benchmarks.Brokers;

/// <param name="native">The published executable, or null for the one of this build.</param>
internal sealed class OurBroker(string? native) : BrokerUnderTest("ours")
{
    public override Dictionary<string, string> Durability(bool fsync) => new() { ["write.caching"] = fsync ? "false" : "true" };

    protected override ProcessStartInfo Command()
    {
        string[] settings =
        [
            "--log.dirs", Path.Combine(Data, "log"),
            "--listeners", $"PLAINTEXT://127.0.0.1:{Port}",
            "--http.listen", "127.0.0.1:0",
        ];
        return native is null ? new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Broker.Host.dll"), .. settings]) : new(native, settings);
    }
}
