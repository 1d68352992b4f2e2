using System.Text.RegularExpressions;

namespace Architecture;

public sealed partial class ReadmeTests
{
    [Fact]
    public void every_link_of_every_page_leads_to_a_file_and_to_a_heading_of_it()
    {
        var dead = Repository.Files("*.md").SelectMany(page => DeadLinks(page, Repository.Read(page)));

        Assert.Empty(dead);
    }

    [Fact]
    public void planted_dead_links_are_found() =>
        Assert.Equal(
            ["README.md -> src/Nowhere.cs", "README.md -> README.md#no-such-heading"],
            DeadLinks("README.md", "see [this](src/Nowhere.cs), [that](README.md#no-such-heading), [here](README.md#not-there-yet) and [there](https://example.org)"));

    [Fact]
    public void the_two_commands_are_there()
    {
        var readme = Repository.Read("README.md");

        Assert.Contains("dotnet run --project AppHost", readme);
        Assert.Contains("dotnet test", readme);
    }

    [Fact]
    public void the_sample_of_the_transport_is_a_program_that_compiles() =>
        Assert.Contains(
            $"```csharp\n{Repository.Read("tests/MassTransit.LogTransport.Sample/Program.cs")}```\n",
            Repository.Read("src/MassTransit.LogTransport/README.md"));

    private static IEnumerable<string> DeadLinks(string page, string text) =>
        Link().Matches(text)
            .Select(match => (File: match.Groups[1].Value, Heading: match.Groups[2].Value))
            .Where(target => !target.File.Contains("://", StringComparison.Ordinal))
            .Where(target => !Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, target.File), target.Heading))
            .Select(target => $"{page} -> {target.File}{target.Heading}");

    private static bool Exists(string path, string heading) =>
        heading.Length == 0
            ? File.Exists(path) || Directory.Exists(path)
            : File.Exists(path) && File.ReadLines(path).Where(line => line.StartsWith('#')).Any(line => $"#{Anchor(line)}" == heading);

    /// <summary>As a page's readers make it of a heading: small letters, digits, underscores, and a hyphen for each blank.</summary>
    private static string Anchor(string heading) =>
        Dropped().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)#\s]+)(#[^)\s]*)?[^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Dropped();
}
