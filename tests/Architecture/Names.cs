using System.Text.RegularExpressions;

namespace Architecture;

/// <summary>Names that hide what a type is for, and files that hold more than one idea.</summary>
internal static partial class Names
{
    public const int MostLines = 400;

    public static bool SaysNothing(string path) => Empty().IsMatch(Path.GetFileNameWithoutExtension(path));

    public static bool IsTooLong(string text) => text.AsSpan().Count('\n') > MostLines;

    [GeneratedRegex("(Manager|Helpers?|Utils?|Common|Base|Impl)$")]
    private static partial Regex Empty();
}
