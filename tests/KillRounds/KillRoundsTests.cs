using KillRounds.Rounds;

namespace KillRounds;

/// <summary>
/// The broker's process is killed with SIGKILL under load and started again on the same data, again and again. KILL_ROUNDS sets
/// how often (5, or 50 with LONG_TESTS=1), KILL_SEED repeats a run's choices.
/// </summary>
public sealed class KillRoundsTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Nothing_acknowledged_is_lost_doubled_or_reordered()
    {
        MassTransit.LogTransport.NativeClient.Load();
        var size = Size.FromEnvironment();
        var directory = Directory.CreateTempSubdirectory("kill-rounds-").FullName;
        Say($"{size.Rounds} rounds, seed {size.Seed}, in {directory}");
        var run = new Run(size, directory, Say);
        try
        {
            await run.GoAsync();
        }
        catch (Exception e)
        {
            Say($"data and history are kept in {directory}");
            throw new InvalidOperationException($"{e.Message}\nData and history are kept in {directory}. Again: {size.Command}", e);
        }

        Say($"{size.Rounds} rounds, no anomaly\n{run.Tally}");
        Directory.Delete(directory, recursive: true);
    }

    private void Say(string line)
    {
        output.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }
}
