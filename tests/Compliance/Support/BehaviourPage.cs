using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Compliance.Transports;

namespace Compliance.Support;

/// <summary>The tables of <c>BEHAVIOURS.md</c>, from what the suite declares. The text above them is written by hand.</summary>
public static class BehaviourPage
{
    private const string Head = "## How many";

    private static IReadOnlyCollection<ITransportUnderTest> Transports => [.. TransportsUnderTest.All.Values];

    private static string Folder { get; } = Path.GetDirectoryName(Path.GetDirectoryName(ThisFile()))!;

    public static string Committed { get; } = Path.Combine(Folder, "BEHAVIOURS.md");

    /// <summary>Every behaviour with the subject it belongs to, and what it needs.</summary>
    public static IReadOnlyList<(string Subject, string Name, IReadOnlyList<Capability> Needs)> All { get; } =
    [
        .. from subject in typeof(Behaviours).Assembly.GetTypes()
           where subject.IsSubclassOf(typeof(Behaviours))
           orderby subject.Name
           from method in subject.GetMethods()
           let attribute = method.GetCustomAttribute<EveryTransportAttribute>()
           where attribute is not null
           select (subject.Name, method.Name, attribute.Needs),
    ];

    /// <summary>The page as it should be.</summary>
    public static async Task<string> Write()
    {
        var text = new StringBuilder();
        foreach (var line in (await File.ReadAllLinesAsync(Committed)).TakeWhile(line => line != Head))
            text.Append(line).Append('\n');

        Lines(text, Head, "");
        Row(text, ["", .. Transports.Select(x => x.Name)]);
        Row(text, ["---", .. Transports.Select(_ => "---")]);
        Row(text, ["behaviours it has", .. Transports.Select(x => $"{All.Count(behaviour => Has(x, behaviour.Needs))}")]);
        Row(text, ["behaviours it lacks", .. Transports.Select(x => $"{All.Count(behaviour => !Has(x, behaviour.Needs))}")]);
        Lines(text, "", "## Which", "");
        Row(text, ["behaviour", .. Transports.Select(x => x.Name)]);
        Row(text, ["---", .. Transports.Select(_ => "---")]);
        foreach (var subject in All.GroupBy(behaviour => behaviour.Subject))
        {
            Row(text, [$"**{subject.Key}**", .. Transports.Select(_ => "")]);
            foreach (var (_, name, needs) in subject)
                Row(text, [name.Replace('_', ' '), .. Transports.Select(x => Cell(x, needs))]);
        }

        Lines(text, "", "## What is lacking, and why", "");
        Row(text, ["transport", "capability", "reason"]);
        Row(text, ["---", "---", "---"]);
        foreach (var transport in Transports)
        {
            foreach (var (capability, reason) in transport.Lacks)
                Row(text, [transport.Name, $"{capability}", reason]);
        }

        return text.ToString();
    }

    /// <summary>Puts the page beside the build's results, to be looked at and copied.</summary>
    public static async Task<string> Keep(string page)
    {
        var path = Path.Combine(Folder, "..", "..", "artifacts", "BEHAVIOURS.md");
        await File.WriteAllTextAsync(path, page);
        return Path.GetFullPath(path);
    }

    private static bool Has(ITransportUnderTest transport, IReadOnlyList<Capability> needs) => !needs.Any(transport.Lacks.ContainsKey);

    private static string Cell(ITransportUnderTest transport, IReadOnlyList<Capability> needs) =>
        Has(transport, needs) ? "yes" : $"no: {string.Join(", ", needs.Where(transport.Lacks.ContainsKey))}";

    private static void Row(StringBuilder text, IReadOnlyList<string> cells) => Lines(text, $"| {string.Join(" | ", cells)} |");

    private static void Lines(StringBuilder text, params ReadOnlySpan<string> lines)
    {
        foreach (var line in lines)
            text.Append(line).Append('\n');
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
