using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Broker.Groups.Consumer;

/// <summary>
/// A regular expression over names, of topics or transactional ids, as a stranger sent it: in RE2's syntax, which Kafka takes, run by .NET's engine that
/// never backtracks, so that matching takes time in proportion to the name. What RE2 writes otherwise is translated; what it does not know is
/// refused. A whole name must match.
/// </summary>
internal sealed class NamePattern
{
    public const int MaxLength = 1024;

    /// <summary>RE2's own bound, here of all counts of a pattern together: counts in counts multiply.</summary>
    private const long MaxRepetitions = 1000;

    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private readonly Regex _regex;

    private NamePattern(Regex regex) => _regex = regex;

    public bool Matches(string name) => _regex.IsMatch(name);

    /// <param name="pattern">As the client sent it.</param>
    /// <param name="parsed">What it means.</param>
    /// <param name="fault">Why it is refused.</param>
    public static bool TryParse(string pattern, [NotNullWhen(true)] out NamePattern? parsed, [NotNullWhen(false)] out string? fault)
    {
        parsed = null;
        fault = pattern.Length > MaxLength ? $"it is longer than {MaxLength} characters" : null;
        if (fault is not null)
            return false;

        try
        {
            // First by itself: "a)(b" is no expression, but would be one within the brackets.
            var translated = Translate(pattern);
            _ = new Regex(translated, Options);
            parsed = new NamePattern(new Regex($@"\A(?:{translated})\z", Options));
            return true;
        }
        catch (RegexParseException e)
        {
            fault = $"{e.Error}";
        }
        catch (ArgumentException e)
        {
            fault = e.Message;
        }
        catch (NotSupportedException)
        {
            fault = "it looks around, refers back or takes what cannot be given back, which takes more than one look at each character";
        }

        return false;
    }

    private static string Translate(string pattern)
    {
        var output = new StringBuilder(pattern.Length);
        var repetitions = 1L;
        for (var i = 0; i < pattern.Length; i++)
        {
            var rest = pattern.AsSpan(i);
            if (rest.StartsWith(@"\Q"))
            {
                var end = pattern.IndexOf(@"\E", i + 2, StringComparison.Ordinal);
                output.Append(Regex.Escape(pattern[(i + 2)..(end < 0 ? pattern.Length : end)]));
                i = end < 0 ? pattern.Length : end + 1;
            }
            else if (rest.StartsWith("(?P<"))
            {
                output.Append("(?<");
                i += 3;
            }
            else if (pattern[i] == '[')
            {
                i = TranslateClass(pattern, i, output);
            }
            else if (pattern[i] == '{')
            {
                repetitions *= CountAt(pattern, i);
                if (repetitions > MaxRepetitions)
                    throw new ArgumentException($"it repeats more than {MaxRepetitions} times");
                output.Append('{');
            }
            else
            {
                output.Append(pattern[i]);
                if (pattern[i] == '\\' && i + 1 < pattern.Length)
                    output.Append(pattern[++i]);
            }
        }

        return output.ToString();
    }

    /// <returns>Where the class ends. An open one is left for the engine to refuse.</returns>
    private static int TranslateClass(string pattern, int start, StringBuilder output)
    {
        output.Append('[');
        var i = start + 1;
        if (i < pattern.Length && pattern[i] == '^')
            output.Append(pattern[i++]);

        for (var isFirst = true; i < pattern.Length; i++, isFirst = false)
        {
            if (pattern[i] == ']' && !isFirst)
            {
                output.Append(']');
                return i;
            }

            if (pattern.AsSpan(i).StartsWith("[:"))
            {
                var end = pattern.IndexOf(":]", i, StringComparison.Ordinal);
                output.Append(end < 0 ? throw new ArgumentException("it has a character class without an end") : Named(pattern[(i + 2)..end]));
                i = end + 1;
            }
            else if (pattern[i] is '[' or ']')
            {
                // Plain characters to RE2; .NET takes a class behind a minus for a subtraction.
                output.Append('\\').Append(pattern[i]);
            }
            else
            {
                output.Append(pattern[i]);
                if (pattern[i] == '\\' && i + 1 < pattern.Length)
                    output.Append(pattern[++i]);
            }
        }

        return i;
    }

    private static string Named(string name) => name switch
    {
        "alnum" => "0-9A-Za-z",
        "alpha" => "A-Za-z",
        "ascii" => @"\x00-\x7F",
        "blank" => @"\t ",
        "digit" => "0-9",
        "lower" => "a-z",
        "punct" => @"!-/:-@\[-`{-~",
        "space" => @"\t\n\v\f\r ",
        "upper" => "A-Z",
        "word" => "0-9A-Za-z_",
        "xdigit" => "0-9A-Fa-f",
        _ => throw new ArgumentException($"it has the unknown character class [:{name}:]"),
    };

    /// <summary>The larger number of a counted repetition; 1 where the brace is a plain character.</summary>
    private static long CountAt(string pattern, int start)
    {
        var end = pattern.IndexOf('}', start);
        if (end < 0)
            return 1;

        var count = 1L;
        foreach (var part in pattern[(start + 1)..end].Split(','))
        {
            if (part.Length > 0 && !part.All(char.IsAsciiDigit))
                return 1;
            if (part.Length > 0)
                count = Math.Max(count, long.TryParse(part, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue / MaxRepetitions);
        }

        return count;
    }
}
