using System.Globalization;
using System.Text;

namespace Broker.Host.Configuration;

/// <summary>
/// A file in the syntax of Java's properties, as <c>server.properties</c> is: <c>name=value</c>, <c>name: value</c> or
/// <c>name value</c>; comments open with # or !; a backslash at the end of a line continues it; \t, \n, \r, \f and \uXXXX stand for
/// characters, any other backslash for what follows it. Read as UTF-8, of which Java's own Latin-1 needs \u for the rest.
/// </summary>
internal static class PropertiesFile
{
    /// <exception cref="RefusedConfigurationException">The file cannot be read.</exception>
    public static IReadOnlyList<Setting> Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RefusedConfigurationException($"The properties file {path} cannot be read: {e.Message}", e);
        }
    }

    public static IReadOnlyList<Setting> Parse(string text, string path)
    {
        var settings = new List<Setting>();
        foreach (var (line, number) in LogicalLines(text))
        {
            var (name, value) = Split(line);
            settings.Add(new Setting(name, value.TrimEnd(), $"in {path} line {number.ToString(CultureInfo.InvariantCulture)}"));
        }

        return settings;
    }

    /// <summary>Without comments and blank lines, continued ones in one, each with the number of its first line.</summary>
    private static IEnumerable<(string Line, int Number)> LogicalLines(string text)
    {
        var line = new StringBuilder();
        var first = 0;
        var number = 0;
        foreach (var natural in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            var trimmed = natural.TrimStart(' ', '\t', '\f');
            if (line.Length == 0)
            {
                if (trimmed is "" or ['#' or '!', ..])
                    continue;
                first = number;
            }

            if (IsContinued(trimmed))
            {
                line.Append(trimmed, 0, trimmed.Length - 1);
                continue;
            }

            yield return (line.Append(trimmed).ToString(), first);
            line.Clear();
        }

        if (line.Length > 0)
            yield return (line.ToString(), first);
    }

    /// <summary>An even number of backslashes at the end stands for themselves.</summary>
    private static bool IsContinued(string line) => (line.Length - line.TrimEnd('\\').Length) % 2 == 1;

    private static (string Name, string Value) Split(string line)
    {
        var end = 0;
        while (end < line.Length && line[end] is not ('=' or ':' or ' ' or '\t' or '\f'))
            end += line[end] == '\\' ? 2 : 1;
        end = Math.Min(end, line.Length);

        var value = line[end..].TrimStart(' ', '\t', '\f');
        if (value is ['=' or ':', ..])
            value = value[1..].TrimStart(' ', '\t', '\f');
        return (Unescape(line[..end]), Unescape(value));
    }

    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || ++i == text.Length)
            {
                plain.Append(i < text.Length ? text[i] : '\\');
                continue;
            }

            if (text[i] == 'u' && i + 4 < text.Length && ushort.TryParse(text.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code))
            {
                plain.Append((char)code);
                i += 4;
            }
            else
            {
                plain.Append(text[i] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', var other => other });
            }
        }

        return plain.ToString();
    }
}
