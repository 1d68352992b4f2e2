using KillRounds.Checking;
using KillRounds.Load;

namespace KillRounds;

/// <summary>
/// The broker's process is killed with SIGKILL under load and started again on the same data, again and again. KILL_ROUNDS sets
/// how often (5, or 50 with LONG_TESTS=1), KILL_SEED repeats a run's choices.
/// </summary>
public sealed class KillRoundsTests(ITestOutputHelper output)
{
    private const int MostPerRound = 300;
    private const int MostHopsPerRound = 6;

    /// <summary>Members come at once; segments are small, so that kills meet rolling and opening too.</summary>
    private static readonly string[] Settings = ["--group.initial.rebalance.delay.ms", "0", "--log.segment.bytes", "65536"];

    private static int Rounds => Environment.GetEnvironmentVariable("KILL_ROUNDS") is { Length: > 0 } rounds
        ? int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture)
        : Environment.GetEnvironmentVariable("LONG_TESTS") == "1" ? 50 : 5;

    private static int Seed => Environment.GetEnvironmentVariable("KILL_SEED") is { Length: > 0 } seed
        ? int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture)
        : Random.Shared.Next();

    [Fact]
    public async Task Nothing_acknowledged_is_lost_doubled_or_reordered()
    {
        MassTransit.LogTransport.NativeClient.Load();
        var seed = Seed;
        var random = new Random(seed);
        var directory = Directory.CreateTempSubdirectory("kill-rounds-").FullName;
        Say($"{Rounds} rounds, seed {seed}, data {directory}");

        var host = await HostProcess.StartReadyAsync(directory, Settings);
        try
        {
            var port = host.KafkaPort;
            var traffic = new Traffic($"127.0.0.1:{port}");
            await traffic.StartAsync();
            for (var round = 1; round <= Rounds; round++)
            {
                var enough = traffic.Progress.MakeAsync(random.Next(1, MostPerRound), random.Next(MostHopsPerRound));
                await await Task.WhenAny(enough, traffic.Failed);
                host = await KillAndStartAsync(host, directory, port);
                if (random.Next(5) == 0)
                    host = await KillAndStartAsync(host, directory, port);
                if (round % 10 == 0)
                    Say($"round {round}: {traffic.Progress.Acknowledged} records acknowledged, {traffic.Progress.Hops} hops");
            }

            await traffic.FinishAsync();
            var anomalies = Checker.Anomalies(traffic.History);
            Say($"{traffic.History.Events.Count} events, {traffic.History.CommittedLog.Count} committed records, {anomalies.Count} anomalies");
            Assert.True(anomalies.Count == 0, $"seed {seed}, data kept in {directory}:\n{string.Join('\n', anomalies)}");
        }
        finally
        {
            await host.DisposeAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    private static async Task<HostProcess> KillAndStartAsync(HostProcess host, string directory, int port)
    {
        host.Kill();
        await host.EndAsync();
        await host.DisposeAsync();
        return await HostProcess.StartReadyAsync(directory, [.. Settings, "--listeners", $"PLAINTEXT://127.0.0.1:{port}"]);
    }

    private void Say(string line)
    {
        output.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }
}
