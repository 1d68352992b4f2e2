using System.Text.RegularExpressions;
using Broker.Host.Tests.Support;

namespace Broker.Host.Tests;

public sealed partial class MetricsDocumentTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("broker-host-tests-").FullName;

    [Fact]
    public async Task METRICS_md_lists_what_the_page_has_and_nothing_else()
    {
        await using var host = await HostProcess.StartReadyAsync(_directory);
        using var http = new HttpClient { BaseAddress = host.Http };
        var page = await http.GetStringAsync("/metrics");
        var described = Row().Matches(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "METRICS.md")));

        Assert.Equal(
            Metric().Matches(page).Select(m => $"{m.Groups["name"]}, {m.Groups["type"]}: {m.Groups["help"].Value.Trim()}").Order(StringComparer.Ordinal),
            described.Select(m => $"{m.Groups["name"]}, {m.Groups["type"]}: {m.Groups["help"]}").Order(StringComparer.Ordinal));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [GeneratedRegex(@"^# HELP (?<name>\S+) (?<help>.*)\n# TYPE \S+ (?<type>\w+)$", RegexOptions.Multiline)]
    private static partial Regex Metric();

    [GeneratedRegex(@"^\| `(?<name>\w+)` \| (?<type>\w+) \| [^|]* \| (?<help>[^|]*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
