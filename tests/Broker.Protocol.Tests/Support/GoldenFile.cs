using System.Globalization;
using System.Text.RegularExpressions;

namespace Broker.Protocol.Tests.Support;

/// <summary>One version (or several with the same bytes) of a golden file.</summary>
public sealed record GoldenMessage(MessageKind Kind, short FirstVersion, short LastVersion, byte[] Bytes, IReadOnlyList<GoldenField> Fields)
{
    public IEnumerable<short> Versions => Enumerable.Range(FirstVersion, LastVersion - FirstVersion + 1).Select(v => (short)v);
}

/// <summary>The bytes of a field and, unless it is a tag, its path and its value as text.</summary>
public sealed record GoldenField(byte[] Bytes, string? Path, string? Value);

/// <summary>Reads Golden/*.txt; README.md in that folder tells how they were made.</summary>
public static partial class GoldenFile
{
    private static readonly string Folder = System.IO.Path.Combine(AppContext.BaseDirectory, "Golden");

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.txt").Select(System.IO.Path.GetFileNameWithoutExtension)!;

    public static IEnumerable<GoldenMessage> Read(string name)
    {
        var sections = File.ReadAllText(System.IO.Path.Combine(Folder, name + ".txt")).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        foreach (var section in sections)
        {
            var lines = section.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var versions = VersionLine().Match(lines[0]);
            Assert.True(versions.Success, $"{name}: not a version line: {lines[0]}");

            var first = short.Parse(versions.Groups["first"].Value, CultureInfo.InvariantCulture);
            var last = versions.Groups["last"].Success ? short.Parse(versions.Groups["last"].Value, CultureInfo.InvariantCulture) : first;
            yield return new(MessageKind.Named(name), first, last, Hex(lines[1]), [.. lines.Skip(2).Select(Field)]);
        }
    }

    private static GoldenField Field(string line)
    {
        var field = FieldLine().Match(line);
        Assert.True(field.Success, $"not a field line: {line}");
        return new(
            Hex(field.Groups["bytes"].Value),
            field.Groups["path"].Success ? field.Groups["path"].Value : null,
            field.Groups["value"].Success ? field.Groups["value"].Value : null);
    }

    private static byte[] Hex(string text) => text == "-" ? [] : Convert.FromHexString(text);

    [GeneratedRegex(@"^versions? (?<first>\d+)(-(?<last>\d+))?, (filled|sparse)$")]
    private static partial Regex VersionLine();

    [GeneratedRegex(@"^  (?<bytes>[0-9a-f]*) +((?<path>\S+) = (?<value>.*)|.*tags?( \d+)?: .*)$")]
    private static partial Regex FieldLine();
}
