using Benchmarks.Transport.Sides;

namespace Benchmarks.Transport;

/// <summary>
/// The transports, whose brokers run all the time while one bus at a time does; loads go to them in turn, A B C C B A, after a round that
/// warms up.
/// </summary>
internal sealed class TransportPeers(TransportSide ours, TransportSide rabbit, TransportSide memory, TransportOptions options, Report report)
{
    private readonly TransportSide[] _sides = [ours, rabbit, memory];

    public TransportOptions Options => options;

    public Report Report => report;

    public TransportSide Ours => ours;

    /// <summary>Lets every side have its endpoints, so that a bus which only publishes finds them.</summary>
    public async Task StartAsync()
    {
        foreach (var side in _sides)
        {
            await side.StartAsync();
            await using var bus = await BusUnderTest.StartAsync(side, new Ledger(0), typeof(SampleConsumer), typeof(QuestionConsumer));
        }
    }

    /// <summary>What each round gave, by side.</summary>
    public Task<List<T>[]> InTurnAsync<T>(Func<TransportSide, Task<T>> measure) => InTurnAsync(_sides, measure);

    /// <summary>What each round gave, by what was measured in turn.</summary>
    public async Task<List<T>[]> InTurnAsync<TOne, T>(TOne[] all, Func<TOne, Task<T>> measure)
    {
        var measured = all.Select(_ => new List<T>()).ToArray();
        for (var round = 0; round <= options.Rounds; round++)
        {
            var order = Enumerable.Range(0, all.Length);
            foreach (var one in round % 2 == 0 ? order : order.Reverse())
            {
                // What one side has left behind is not another's to clear away.
                GC.Collect();
                var value = await measure(all[one]);
                if (round > 0)
                    measured[one].Add(value);
            }
        }

        return measured;
    }

    public void Section(string title) => Section(title, "ours", "RabbitMQ", "in memory");

    /// <summary>Begins a table; the first is compared with each of the others.</summary>
    public void Section(string title, params string[] names)
    {
        var ratios = names.Skip(1).Select(other => $"{names[0]} / {other}").ToArray();
        report.Note($"### {title}");
        report.Line("");
        report.Line($"| figure | {string.Join(" | ", [.. names, .. ratios])} |");
        report.Line($"|---|{string.Concat(Enumerable.Repeat("--:|", names.Length + ratios.Length))}");
    }

    /// <summary>Medians of the rounds, and of the ratios of neighbouring rounds, with what was least and most.</summary>
    public void Row<T>(string figure, List<T>[] measured, Func<T, double> value)
    {
        var sides = measured.Select(m => m.ConvertAll(v => value(v))).ToArray();
        var ratios = sides.Skip(1).Select(other => sides[0].Zip(other, (a, b) => a / b).ToList());
        report.Line($"| {figure} | {string.Join(" | ", sides.Concat(ratios).Select(Spread))} |");
    }

    public void Rows(List<Work>[] measured)
    {
        Row("messages/s", measured, work => work.PerSecond);
        Costs(measured, work => work);
    }

    public void Costs<T>(List<T>[] measured, Func<T, Work> work)
    {
        Row("CPU µs of the application per message", measured, m => work(m).ClientMicroseconds);
        Row("bytes it allocated per message", measured, m => work(m).ClientBytes);
        Row("CPU µs of the broker per message", measured, m => work(m).BrokerMicroseconds);
    }

    private static string Spread(List<double> values) =>
        values.TrueForAll(double.IsFinite) && values.Exists(v => v > 0)
            ? $"{Report.Number(Report.Median(values))} ({Report.Number(values.Min())}–{Report.Number(values.Max())})"
            : "–";
}
