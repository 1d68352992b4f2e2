using System.Globalization;

namespace Benchmarks;

/// <summary>Names of sections, then options with their values.</summary>
internal sealed class Arguments(string[] args)
{
    public string[] Names { get; } = [.. args.TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal))];

    public bool AsksForHelp => args.Contains("--help");

    public int Number(string name, int otherwise) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public string? Text(string name) => Array.IndexOf(args, name) is >= 0 and var i ? args[i + 1] : null;

    /// <summary>Refuses a name that no section has, before anything is started.</summary>
    public void Check(IEnumerable<string> sections)
    {
        var unknown = Names.Except(sections).ToArray();
        if (unknown.Length > 0)
            throw new InvalidOperationException($"No section is called {unknown[0]}; there are {string.Join(", ", sections)}.");
    }

    /// <summary>Runs the sections that are named, or all; one that is void has no figure and the next is run.</summary>
    public async Task RunAsync<TPeers>(IReadOnlyDictionary<string, Func<TPeers, Task>> sections, TPeers peers, Report report)
    {
        foreach (var (name, run) in sections.Where(s => Names.Length == 0 || Names.Contains(s.Key)))
        {
            try
            {
                await run(peers);
            }
            catch (VoidRunException e)
            {
                report.Void(name, e.Message);
            }

            await WriteAsync(report);
        }
    }

    public async Task WriteAsync(Report report)
    {
        if (Text("--out") is { } page)
            await File.WriteAllTextAsync(page, report.ToString());
    }
}
