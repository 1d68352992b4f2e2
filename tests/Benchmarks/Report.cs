using System.Globalization;

namespace Benchmarks;

/// <summary>A figure of both sides, measured in turn: quoted as the median of the ratios of neighbouring rounds, with their spread.</summary>
internal sealed class Report
{
    private readonly List<string> _lines = [];

    public void Section(string title)
    {
        Add("");
        Add($"### {title}");
        Add("");
        Add("| figure | ours | other | ours / other, median (min–max) |");
        Add("|---|--:|--:|--:|");
    }

    /// <param name="figure">What, with its unit.</param>
    /// <param name="ours">One value for each round.</param>
    /// <param name="other">As many of the other side.</param>
    public void Row(string figure, IReadOnlyList<double> ours, IReadOnlyList<double> other)
    {
        var ratios = ours.Zip(other, (a, b) => a / b).Order().ToArray();
        Add($"| {figure} | {Number(Median(ours))} | {Number(Median(other))} | {Number(Median(ratios))} ({Number(ratios[0])}–{Number(ratios[^1])}) |");
    }

    public void Note(string text)
    {
        Add("");
        Add(text);
    }

    /// <summary>What the figures were made on, and when.</summary>
    public void Machine()
    {
        var processor = File.ReadLines("/proc/cpuinfo").First(l => l.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim();
        Add($"{Environment.ProcessorCount} processors ({processor}), {Environment.OSVersion}, .NET {Environment.Version}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}");
    }

    public void Line(string text) => Add(text);

    /// <summary>A section that ends here: what it had to say is not to be believed.</summary>
    public void Void(string section, string why)
    {
        IsVoid = true;
        Note($"**{section} is void**: {why}.");
    }

    /// <summary>Whether any section is.</summary>
    public bool IsVoid { get; private set; }

    public override string ToString() => string.Join('\n', _lines) + "\n";

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    public static string Number(double value) =>
        value.ToString(value switch { >= 100 => "0", >= 10 => "0.0", _ => "0.00" }, CultureInfo.InvariantCulture);

    private void Add(string line)
    {
        _lines.Add(line);
        Console.WriteLine(line);
    }
}
