using System.Text.RegularExpressions;

namespace Broker.Security.Tls;

/// <summary>
/// The setting ssl.principal.mapping.rules (KIP-371): <c>RULE:pattern/replacement/</c> with L or U behind it for lower or upper case,
/// and <c>DEFAULT</c>. A slash inside a rule has a backslash before it. A pattern must match the whole name;
/// it cannot look around or refer back, which would cost time without bound.
/// </summary>
internal sealed partial class PrincipalMapping
{
    private const string Allowed = "DEFAULT and RULE:pattern/replacement/[LU], several with commas between, each pattern a regular expression";

    private readonly List<Func<string, string?>> _rules;

    private PrincipalMapping(List<Func<string, string?>> rules) => _rules = rules;

    public static string? Check(string text) => TryParse(text, out _) ? null : Allowed;

    /// <exception cref="InvalidSettingException" />
    public static PrincipalMapping Parse(string text) => TryParse(text, out var rules)
        ? new PrincipalMapping(rules)
        : throw new InvalidSettingException("ssl.principal.mapping.rules", $"ssl.principal.mapping.rules cannot be \"{text}\"; it takes {Allowed}.");

    /// <returns>What the first rule that matches makes of the name; null when none does.</returns>
    public string? NameOf(string distinguishedName) => _rules.Select(rule => rule(distinguishedName)).FirstOrDefault(name => name is not null);

    private static bool TryParse(string text, out List<Func<string, string?>> rules)
    {
        rules = [];
        var position = 0;
        while (position < text.Length)
        {
            var match = Rule().Match(text, position);
            if (!match.Success)
                return false;

            try
            {
                rules.Add(match.Groups["default"].Success ? name => name : Compile(match.Groups));
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                return false;
            }

            position += match.Length;
        }

        return rules.Count > 0;
    }

    private static Func<string, string?> Compile(GroupCollection rule)
    {
        var pattern = new Regex($@"\A(?:{rule["pattern"].Value})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        var replacement = rule["replacement"].Value.Replace("\\/", "/", StringComparison.Ordinal);
        var change = rule["case"].Value;
        return name =>
        {
            var match = pattern.Match(name);
            if (!match.Success)
                return null;

            var mapped = match.Result(replacement);
#pragma warning disable CA1308 // Lower case is what an L asks for.
            return change switch { "L" => mapped.ToLowerInvariant(), "U" => mapped.ToUpperInvariant(), _ => mapped };
#pragma warning restore CA1308
        };
    }

    [GeneratedRegex(@"\G\s*(?:(?<default>DEFAULT)|RULE:(?<pattern>(?:\\.|[^\\/])*)/(?<replacement>(?:\\.|[^\\/])*)/(?<case>[LU]?))\s*(?:,|\z)", RegexOptions.ExplicitCapture)]
    private static partial Regex Rule();
}
