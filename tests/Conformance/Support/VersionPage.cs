using Broker.Protocol.Messages;

namespace Conformance.Support;

/// <summary>
/// The table of <c>APIS.md</c>: what is announced, and who proved the highest version of it. The text above it is written by hand.
/// </summary>
public static class VersionPage
{
    private const string Head = "| API | announced | proved by | in test | also sent |";

    private static string Committed => Path.Combine(Tool.Repository(), "tests", "Conformance", "APIS.md");

    /// <summary>One line for each API: key, range, the first client of the highest version, its test, and all else that clients sent.</summary>
    public static IReadOnlyList<string> Rows(IReadOnlyList<ApiVersionsResponse.ApiVersion> announced, IReadOnlyList<SentRequests.Sent> sent) =>
        [.. announced.Select(api => Row(api, [.. sent.Where(s => s.Api == api.ApiKey && s.Version <= api.MaxVersion)]))];

    /// <summary>Writes the page as it should be into the folder of build results.</summary>
    /// <returns>Where it lies.</returns>
    public static async Task<string> WriteAsync(IReadOnlyList<string> rows)
    {
        var path = Path.Combine(Tool.Repository(), "artifacts", "APIS.md");
        var text = (await File.ReadAllLinesAsync(Committed)).TakeWhile(line => line != Head);
        await File.WriteAllLinesAsync(path, [.. text, Head, "|---|---|---|---|---|", .. rows]);
        return path;
    }

    /// <summary>API, range and client of each line of the committed page. Which test it was differs from run to run.</summary>
    public static async Task<IReadOnlyList<string>> CommittedAsync() => Claims(await File.ReadAllLinesAsync(Committed));

    public static IReadOnlyList<string> Claims(IEnumerable<string> rows) =>
        [.. rows.Where(row => row.StartsWith("| ", StringComparison.Ordinal) && row != Head).Select(row => string.Join('|', row.Split('|')[..4]))];

    private static string Row(ApiVersionsResponse.ApiVersion api, List<SentRequests.Sent> sent)
    {
        var proof = sent.Where(s => s.Version == api.MaxVersion).OrderBy(s => s.Client, StringComparer.Ordinal).ThenBy(s => s.Test is null).FirstOrDefault();
        var others = sent.Where(s => s != proof).GroupBy(s => s.Client).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key}: {string.Join(", ", g.Select(s => s.Version).Order())}");
        var test = proof?.Test is { } name ? $"`{name}`" : "";
        return $"| {api.ApiKey} ({(short)api.ApiKey}) | {Range(api)} | {proof?.Client} | {test} | {string.Join("; ", others)} |";
    }

    private static string Range(ApiVersionsResponse.ApiVersion api) =>
        api.MinVersion == api.MaxVersion ? $"{api.MaxVersion}" : $"{api.MinVersion}–{api.MaxVersion}";
}
