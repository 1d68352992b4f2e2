using System.Globalization;
using KillRounds.Checking;
using KillRounds.Load;
using KillRounds.Planted;

namespace KillRounds.Rounds;

/// <summary>
/// All rounds of a run, in stretches: each has topics and a history of its own, which is checked and dropped at its end, so that neither
/// memory nor disk grows with the rounds. Groups, transactional ids and the data directory live through all of them. What the checker has
/// passed of the first stretch it must not pass once anomalies are planted in it.
/// </summary>
internal sealed class Run(Size size, string directory, Action<string> say)
{
    private const int RoundsPerStretch = 25;
    private const int RoundsBetweenReports = 10;
    private const int MostRecordsPerRound = 300;
    private const int MostTransactionsPerRound = 4;

    /// <summary>Of managed memory, from the first half of the stretches to the last: far less than the history of one.</summary>
    private const long MostGrowth = 32L << 20;

    private const int LeastForGrowth = 5;

    private readonly Random _random = new(size.Seed);
    private readonly List<long> _memory = [];
    private int _round;
    private int _checked;

    public Tally Tally { get; } = new();

    public async Task GoAsync()
    {
        var data = Directory.CreateDirectory(Path.Combine(directory, "data")).FullName;
        var log = Path.Combine(directory, "broker.log");
        await using var victim = new Victim(data, log, _random);
        using var plans = Plan.Shuffled(_random).GetEnumerator();
        await victim.StartAsync();
        for (var stretch = 1; _round < size.Rounds; stretch++)
        {
            if (stretch > 1)
                await new Topics(stretch - 1).DeleteAsync(victim.BootstrapServers);
            await StretchAsync(stretch, victim, plans);
            File.Delete(log);
            _memory.Add(GC.GetTotalMemory(forceFullCollection: true));
        }

        Tally.Add(Tally.KillsInRecovery, victim.KillsInRecovery);
        var missing = Tally.Missing(size.Rounds);
        Assert.True(missing.Count == 0, $"never happened: {string.Join("; ", missing)}");
        Assert.False(MemoryGrew(), $"managed memory grew over the stretches: {string.Join(", ", _memory)}");
    }

    /// <summary>By halves of a long run: after one stretch more of its history is still held than after another.</summary>
    private bool MemoryGrew()
    {
        var half = _memory.Count / 2;
        return half >= LeastForGrowth && Median(_memory[^half..]) - Median(_memory[..half]) > MostGrowth;
    }

    private static long Median(List<long> values) => values.Order().ElementAt(values.Count / 2);

    private async Task StretchAsync(int stretch, Victim victim, IEnumerator<Plan> plans)
    {
        var traffic = new Traffic(victim.BootstrapServers, stretch, _random);
        try
        {
            await traffic.StartAsync();
            for (var last = Math.Min(size.Rounds, _round + RoundsPerStretch); _round < last;)
            {
                _round++;
                plans.MoveNext();
                await RoundAsync(plans.Current, victim, traffic);
                if (_round % RoundsBetweenReports == 0)
                    Report(traffic);
            }

            await traffic.FinishAsync();
            var anomalies = Checker.Anomalies(traffic.History);
            Assert.True(anomalies.Count == 0, $"{anomalies.Count} anomalies\n{string.Join('\n', anomalies)}");
            if (stretch == 1 && _round >= Tally.RoundsForEverything)
                Assert.Empty(Mutations.NotFound(traffic.History));
            Tally.Add(traffic.History, traffic.Progress);
            _checked = _round;
        }
        catch
        {
            await File.WriteAllLinesAsync(Path.Combine(directory, "history.txt"), traffic.History.Lines());
            throw;
        }
    }

    private async Task RoundAsync(Plan plan, Victim victim, Traffic traffic)
    {
        traffic.Progress.BeginRound();
        await TroubleAsync(plan.Trouble, victim, traffic);
        var before = traffic.Progress.Of(Deed.Acknowledged);
        await UnlessFailedAsync(traffic, traffic.Progress.MakeAsync([.. Goals()]));
        if (plan.KillFrozen)
        {
            victim.Freeze();
            await UnlessFailedAsync(traffic, traffic.Progress.MakeAsync((Deed.TimedOut, 1)));
        }

        Assert.True(traffic.Progress.Of(Deed.Acknowledged) > before, $"round {_round} exercised nothing");
        Tally.Add(plan.KillFrozen ? Tally.KillsFrozen : Tally.KillsUnderLoad, 1);
        await victim.KillAsync();
        for (var kill = 0; kill < plan.KillsInRecovery; kill++)
            await victim.KillInRecoveryAsync();
        await victim.StartAsync();
        if (!plan.KillWhenReady)
            return;
        await victim.KillAsync();
        await victim.StartAsync();
        Tally.Add(Tally.KillsWhenReady, 1);
    }

    private async Task TroubleAsync(Trouble trouble, Victim victim, Traffic traffic)
    {
        switch (trouble)
        {
            case Trouble.Freeze:
                victim.Freeze();
                await UnlessFailedAsync(traffic, traffic.Progress.MakeAsync((Deed.TimedOut, 1)));
                victim.Thaw();
                Tally.Add(Tally.Freezes, 1);
                break;
            case Trouble.CleanStop:
                await victim.StopAsync();
                await victim.StartAsync();
                Tally.Add(Tally.CleanStops, 1);
                break;
        }
    }

    /// <summary>Something of everything in five rounds, and no two rounds alike.</summary>
    private IEnumerable<(Deed Deed, int More)> Goals()
    {
        yield return (Deed.Acknowledged, _random.Next(1, MostRecordsPerRound));
        yield return (Deed.FirstCommitted, _random.Next(2) * _random.Next(MostTransactionsPerRound));
        yield return (Deed.SecondCommitted, _random.Next(2) * _random.Next(MostTransactionsPerRound));
        yield return (_round % 5) switch
        {
            0 => (Deed.FirstAborted, 1),
            1 => (Deed.SecondAborted, 1),
            2 => (Deed.ClassicAssigned, 1),
            3 => (Deed.ConsumerAssigned, 1),
            _ => (Deed.Trimmed, 1),
        };
    }

    private static async Task UnlessFailedAsync(Traffic traffic, Task goals) => await await Task.WhenAny(goals, traffic.Failed);

    private void Report(Traffic traffic) => say(string.Create(
        CultureInfo.InvariantCulture,
        $"round {_round} of {size.Rounds}: {Tally.Of(Tally.Acknowledged) + traffic.Progress.Of(Deed.Acknowledged):N0} records acknowledged, no anomaly in {_checked} rounds checked"));
}
