using System.Text.RegularExpressions;

namespace Architecture;

public sealed partial class ReadmeTests
{
    [Fact]
    public void every_link_of_every_page_leads_to_a_file()
    {
        var dead = Repository.Files("*.md").SelectMany(page => DeadLinks(page, Repository.Read(page)));

        Assert.Empty(dead);
    }

    [Fact]
    public void a_planted_dead_link_is_found() =>
        Assert.Equal(["README.md -> src/Nowhere.cs"], DeadLinks("README.md", "see [this](src/Nowhere.cs) and [that](https://example.org)"));

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
            .Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, target)))
            .Select(target => $"{page} -> {target}");

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    [GeneratedRegex(@"\]\(([^)#\s]+)[^)]*\)")]
    private static partial Regex Link();
}
